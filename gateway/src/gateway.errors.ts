import { defineErrors } from '@saas/kernel';

export const gatewayErrors = defineErrors({
  PORT_IN_USE: { audience: 'operator', retryable: false, message: 'The port is already in use.' },
  ADDRESS_UNUSABLE: {
    audience: 'operator',
    retryable: false,
    message: 'The address cannot be listened on.',
  },
  GATEWAY_YAML_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The settings in gateway.yaml have mistakes.',
  },
  GATEWAY_WIRING_INVALID: {
    audience: 'operator',
    retryable: false,
    message: 'The settings of the gateway do not fit its supergraph.',
  },
});
