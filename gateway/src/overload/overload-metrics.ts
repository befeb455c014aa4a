import { defineMetrics } from '@saas/kernel';

/** What the gateway lets in, and what it refuses so that the rest stays quick. */
export const overloadMetrics = defineMetrics({
  gateway_overload_limit_operations: {
    kind: 'gauge',
    help: 'Operations that may be under way at once, as measured now.',
    labels: [],
  },
  gateway_overload_in_flight_operations: {
    kind: 'gauge',
    help: 'Operations that are under way.',
    labels: [],
  },
  gateway_overload_waiting_operations: {
    kind: 'gauge',
    help: 'Operations that wait for their turn; mutations, and with them all that begins or ends a session, are urgent.',
    labels: ['class'],
  },
  gateway_overload_flows: {
    kind: 'gauge',
    help: 'Tenants and client addresses that share what is served, those of the last minute.',
    labels: [],
  },
  gateway_overload_loop_delay_seconds: {
    kind: 'gauge',
    help: 'By how much the event loop was late when it was last looked at, ten times a second.',
    labels: [],
  },
  gateway_overload_overwhelmed: {
    kind: 'gauge',
    help: '1 while so much is refused that /health/ready says no, or would if it were set to.',
    labels: [],
  },
  gateway_overload_shed_total: {
    kind: 'counter',
    help: 'What was refused with GATEWAY_OVERLOADED: at the door, unread, by the share of its tenant or address (share) or whatever it was, for the event loop is late (loop_delay); or behind it, when its queue was full (queue_full) or it had waited too long (waited_too_long). At the door the class is that of a guess.',
    labels: ['reason', 'class'],
  },
});
