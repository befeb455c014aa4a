import { randomBytes } from 'node:crypto';
import { textOf, type GraphqlAnswer, type GraphqlClient } from './graphql-client.ts';

export const PASSWORD = 'correct horse battery';

/** Somebody who is signed in, and what the API gave them. */
export type Person = {
  readonly id: string;
  readonly tenantId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
};

/** An address that nobody has. */
export const freshEmail = (name = 'ada'): string => `${name}-${randomBytes(8).toString('hex')}@example.com`;

export const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) {
  user { id name email role version } tenant { id name } userErrors { code field retryable } } }`;
export const LOGIN = `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) {
  accessToken accessTokenExpiresAt refreshToken user { id name tenant { id } } userErrors { code field } } }`;
export const INVITE = `mutation ($email: String!, $role: TenantRole!, $key: String) {
  inviteUser(input: { email: $email, role: $role, idempotencyKey: $key }) {
    invitation { id email role } token userErrors { code field } } }`;

/** People come in through the API alone. */
export const tenants = (graphql: GraphqlClient) => {
  const signIn = async (email: string, password = PASSWORD): Promise<Person> => {
    const answer = await graphql(LOGIN, { email, password });
    const login = accepted(answer, 'login');
    const token = textOf(login['accessToken']);
    const { sid, tenant } = claimsOf(token);
    return {
      id: textOf(login['user']?.['id']),
      name: textOf(login['user']?.['name']),
      tenantId: textOf(tenant),
      sessionId: textOf(sid),
      email,
      token,
      refreshToken: textOf(login['refreshToken']),
    };
  };
  const register = async (given: { readonly email?: string }): Promise<Person> => {
    const input = { name: 'Ada Lovelace', email: freshEmail(), password: PASSWORD, ...given };
    accepted(await graphql(REGISTER, { input }), 'register');
    return signIn(input.email);
  };
  return {
    signIn,
    /** A new tenant with its owner, who is signed in. */
    registerTenant: (input: { readonly email?: string } = {}): Promise<Person> => {
      const founding = { tenantName: 'Analytical Engines', ...input };
      return register(founding);
    },
    /** Somebody new in the owner's tenant. */
    join: async (owner: Person, role = 'MEMBER', name = 'Ben'): Promise<Person> => {
      const email = freshEmail(name.toLowerCase());
      const invited = accepted(await graphql(INVITE, { email, role }, owner), 'inviteUser');
      const invitation = { name, invitationToken: invited['token'] };
      return register({ email, ...invitation });
    },
  };
};

/** The payload of a mutation that must not have been refused. */
export const accepted = ({ data, text }: GraphqlAnswer, mutation: string) => {
  const payload = data[mutation];
  const refusals = (payload?.['userErrors'] ?? [undefined]) as readonly unknown[];
  if (payload === undefined || payload === null || refusals.length > 0)
    throw new Error(`${mutation} was refused: ${text}`);
  return payload;
};

/** The codes for which a mutation was refused. */
export const refusals = ({ data, text }: GraphqlAnswer, mutation: string): readonly string[] => {
  const errors = data[mutation]?.['userErrors'] as readonly { readonly code: string }[] | undefined;
  if (errors === undefined) throw new Error(`${mutation} was not answered: ${text}`);
  return errors.map(({ code }) => code);
};

const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Readonly<
    Record<string, unknown>
  >;
