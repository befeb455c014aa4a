import type { PermissionChanges } from '@saas/auth';
import type { Meter } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import { callSettingsOf, urlOverrides, type GatewayYaml } from '../gateway-yaml.ts';
import type { GatewayConfig } from '../gateway.config.ts';
import type { Breakers } from './breakers.ts';
import { callMeters } from './call-meter.ts';
import type { Detours } from './detours.ts';
import type { Fallback } from './fallback.ts';
import { openClient } from './open-client.ts';
import { permissionWitnessLayer } from './permission-witness-layer.ts';
import type { SubgraphClient } from './subgraph-call.ts';
import { subgraphClients, type SubgraphClients } from './subgraph-clients.ts';

type Parts = {
  readonly logger: Logger;
  readonly meter: Meter;
  readonly detours: Detours;
  readonly breakers: Breakers;
  /** Undefined where failing calls are not answered from memory. */
  readonly memory: Fallback | undefined;
  readonly permissionChanges: PermissionChanges | undefined;
};

/** Clients for subgraphs, each with what settings say of it. */
export const configuredClients = (
  config: GatewayConfig,
  yaml: GatewayYaml,
  { logger, meter, detours, breakers, memory, permissionChanges }: Parts,
): SubgraphClients<SubgraphClient> => {
  const witness = permissionChanges && permissionWitnessLayer(permissionChanges);
  const defaults = {
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    responseBytesMax: config.UPSTREAM_RESPONSE_BYTES_MAX,
    connectionsMax: config.UPSTREAM_CONNECTIONS_MAX,
  };
  const meters = callMeters(meter);
  return subgraphClients({
    urls: urlOverrides(yaml, config.SUBGRAPH_URLS),
    mentioned: {
      GATEWAY_SUBGRAPH_URLS: Object.keys(config.SUBGRAPH_URLS ?? {}),
      GATEWAY_IDENTITY_KEYS: config.IDENTITY_KEYS?.keys() ?? [],
      'gateway.yaml': Object.keys(yaml.subgraphs),
    },
    logger,
    open: (address) => {
      const { isRemembered, ...settings } = callSettingsOf(yaml, address.name, defaults);
      const own = isRemembered ? memory?.layerFor(address.name, settings.headers?.propagate) : undefined;
      return openClient(
        address,
        { detours, ...settings },
        { breakers, meters, ...(own && { fallback: own }), ...(witness && { witness }) },
      );
    },
  });
};
