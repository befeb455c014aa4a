import { z } from 'zod';
import { Secret } from './secret.ts';

/** At least 16 characters; never printed. */
export const secret = () =>
  z
    .string()
    .min(16, 'needs at least 16 characters')
    .transform((value) => new Secret(value))
    .meta({ accepts: 'a secret of at least 16 characters' });

export const text = () => z.string().min(1).meta({ accepts: 'text' });
export const milliseconds = () =>
  z.coerce.number().int().positive().meta({ accepts: 'milliseconds, a whole number above 0' });
export const seconds = () =>
  z.coerce.number().int().positive().meta({ accepts: 'seconds, a whole number above 0' });
export const count = () => z.coerce.number().int().positive().meta({ accepts: 'a whole number above 0' });
export const countOrNone = () =>
  z.coerce.number().int().nonnegative().meta({ accepts: 'a whole number, 0 or above' });
/** 0 means: any free port. */
export const port = () => z.coerce.number().int().min(0).max(65_535).meta({ accepts: 'a port' });
export const url = () => z.url().meta({ accepts: 'a URL' });
export const amqpUrl = () =>
  z.url({ protocol: /^amqps?$/ }).meta({ accepts: 'an `amqp://` or `amqps://` URL' });
/** Holds a password, as a rule, and is therefore a secret. */
export const smtpUrl = () =>
  z
    .url({ protocol: /^smtps?$/ })
    .transform((value) => new Secret(value))
    .meta({ accepts: 'an `smtp://` or `smtps://` URL' });
export const redisUrl = () =>
  z.url({ protocol: /^rediss?$/ }).meta({ accepts: 'a `redis://` or `rediss://` URL' });
export const choice = <const Options extends readonly [string, ...string[]]>(options: Options) =>
  z.enum(options);
export const flag = () =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({ accepts: '`true`, `false`' });

/** Name and URL pairs: `users=http://users:4001/graphql,projects=http://projects:4002/graphql`. */
export const namedUrls = () =>
  z
    .string()
    .transform((list) => list.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
    .pipe(z.array(z.tuple([z.string().regex(/^[A-Za-z][\w-]*$/), z.url()])).min(1))
    .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs))
    .meta({ accepts: '`name=URL,name=URL`' });

/**
 * Shards of one service: `primary,replica,replica;primary,replica`. Shards are parted by `;` and named `shard-0`,
 * `shard-1` … in that order, which is permanent; each shard's primary comes first.
 */
export const shardUrls = () =>
  z
    .string()
    .transform((list) => list.split(';').map((shard) => shard.split(',').map((each) => each.trim())))
    .pipe(z.array(z.array(z.url({ protocol: /^postgres(ql)?$/ })).min(1)).min(1))
    .transform((shards) =>
      shards.map(([primary = '', ...replicas], index) => ({ name: `shard-${index}`, primary, replicas })),
    )
    .meta({ accepts: '`primary,replica;primary,replica`, PostgreSQL URLs' });

const SHARD_RANGE = String.raw`\s*\d+-\d+=[a-z0-9-]+\s*`;

/** The text of a shard map: its version, then ranges of buckets with their shards. */
export const shardMap = () =>
  z
    .string()
    .regex(new RegExp(`^\\s*\\d+:${SHARD_RANGE}(,${SHARD_RANGE})*$`))
    .meta({ accepts: 'ranges of buckets such as `1:0-511=shard-0,512-1023=shard-1`' });
