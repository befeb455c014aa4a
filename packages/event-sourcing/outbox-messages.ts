import { bucketOfId, newId, type Clock } from '@saas/kernel';
import type { Append, OutboxMessage, StreamAppend } from './event-store.port.ts';
import type { EventMetadata } from './recorded-event.ts';
import { correlationOf } from './stored-event.ts';

/**
 * The announcements of one stream as messages, numbered after the `announced` that went before.
 *
 * @see CloudEvents 1.0, AMQP protocol binding: attributes travel as headers with the prefix `cloudEvents_`.
 */
export const outboxMessages = (
  { tenantId, metadata }: Append,
  { stream, announcements = [] }: StreamAppend,
  announced: number,
  clock: Clock,
): readonly OutboxMessage[] =>
  announcements.map(({ schemaVersion = 1, ...announcement }, index) => {
    const id = newId('evt', bucketOfId(tenantId), clock);
    return {
      ...announcement,
      id,
      tenantId,
      stream,
      sequence: announced + index + 1,
      headers: {
        cloudEvents_specversion: '1.0',
        cloudEvents_id: id,
        cloudEvents_type: announcement.routingKey,
        cloudEvents_source: `/${announcement.topic}`,
        cloudEvents_subject: stream,
        cloudEvents_time: clock.now().toISOString(),
        cloudEvents_dataschema: `urn:saas:${announcement.topic}:${announcement.routingKey}:${schemaVersion}`,
        cloudEvents_schemaversion: schemaVersion,
        'x-tenant-id': tenantId,
        'x-request-id': metadata.requestId,
        'x-correlation-id': correlationOf(metadata),
        'x-actor': metadata.actor,
        ...(metadata.causationId === undefined ? {} : { 'x-causation-id': metadata.causationId }),
        ...traceOf(metadata),
      },
    };
  });

/**
 * Of a request that came without a trace, none is invented.
 *
 * @see CloudEvents, "Distributed Tracing extension"; W3C Trace Context in AMQP has the same name without a prefix, which
 *   is where instrumented clients look.
 */
const traceOf = ({ traceparent }: EventMetadata): OutboxMessage['headers'] =>
  traceparent === undefined ? {} : { traceparent, cloudEvents_traceparent: traceparent };
