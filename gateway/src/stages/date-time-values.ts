import type { ApolloServerPlugin } from '@apollo/server';
import { checkDateTimes } from '../supergraph/date-time-values.ts';
import type { GatewayContext } from '../upstream/gateway-context.ts';

/** Lets validation look into the values of `DateTime` where the schema comes from elsewhere than our generations. */
export const dateTimeValues: ApolloServerPlugin<GatewayContext> = {
  serverWillStart: async () => ({
    schemaDidLoadOrUpdate: ({ apiSchema }) => checkDateTimes(apiSchema),
  }),
};
