import type { VerifiedAccess, Viewer } from '@saas/auth';
import type { RequestLogger } from '@saas/telemetry';
import type { OperationDefinitionNode } from 'graphql';
import type { Authorized } from '../authorization/authorizer.ts';
import type { ServingGeneration } from '../execution/serving-generation.ts';
import type { GraphQLParams } from '../http/graphql-params.ts';
import type { ClientSignal, Headers } from '../http/http-exchange.ts';
import type { TokenKeeper } from '../upstream/token-keeper.ts';
import type { KnownDocument } from './document-cache.ts';

/** One operation that a client asks for, whatever it came by: alone, in a batch, by GET or by POST. */
export type OperationRequest = {
  readonly params: GraphQLParams;
  /** Came by a method that promises to change nothing. */
  readonly isSafe: boolean;
  /** The client can take the answer in pieces. */
  readonly acceptsParts: boolean;
  readonly headers: Headers;
  readonly clientAddress: string;
  readonly requestId: string;
  readonly logger: RequestLogger;
  readonly deadlineAtMs: number;
  readonly signal: ClientSignal;
  readonly document: KnownDocument;
  readonly viewer: Viewer;
  /** What the token of the request grants; undefined without one. */
  readonly access: VerifiedAccess | undefined;
  readonly tokens: TokenKeeper;
};

/** A request that is known to fit the schema of the generation that it belongs to. */
export type ValidOperation = {
  readonly request: OperationRequest;
  readonly generation: ServingGeneration;
  readonly operation: OperationDefinitionNode;
  /** The part that this client may have; undefined: all of it. */
  readonly authorized?: Authorized;
};

export type OperationReply = {
  /** Of the HTTP answer; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReplyBody;
};

/** JSON texts of execution results, as the specification writes them. */
export type ReplyBody =
  | { readonly kind: 'single'; readonly json: string }
  /** The first part, then the others as they become ready; each says whether more follow. */
  | { readonly kind: 'parts'; readonly parts: AsyncIterable<string> };
