import { z } from 'zod';
import { Secret } from './secret.ts';

/** At least 16 characters; never printed. */
export const secret = () =>
  z
    .string()
    .min(16, 'needs at least 16 characters')
    .transform((value) => new Secret(value));

export const text = () => z.string().min(1);
export const milliseconds = () => z.coerce.number().int().positive();
export const seconds = () => z.coerce.number().int().positive();
export const count = () => z.coerce.number().int().positive();
/** 0 means: any free port. */
export const port = () => z.coerce.number().int().min(0).max(65_535);
export const url = () => z.url();
export const choice = <const Options extends readonly [string, ...string[]]>(options: Options) =>
  z.enum(options);
export const flag = () => z.enum(['true', 'false']).transform((value) => value === 'true');

/** Name and URL pairs: `users=http://users:4001/graphql,projects=http://projects:4002/graphql`. */
export const namedUrls = () =>
  z
    .string()
    .transform((list) => list.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
    .pipe(z.array(z.tuple([z.string().regex(/^[a-z][a-z0-9-]*$/), z.url()])).min(1))
    .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));

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
    );
