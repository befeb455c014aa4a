import type { CompiledOperation, SchemaFacts } from '@saas/engine';
import type { Generation } from '../supergraph/generation.ts';
import type { Generations } from '../supergraph/generations.ts';

/** A supergraph in service, with operations that our engine has compiled. */
export type ServingGeneration = Generation<SchemaFacts, CompiledOperation>;
export type ServingGenerations = Generations<SchemaFacts, CompiledOperation>;
