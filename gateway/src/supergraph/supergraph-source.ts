import type { Environment } from '@saas/config';
import { assertNever } from '@saas/kernel';
import type { Logger } from '@saas/telemetry';
import { fileSource } from './file-source.ts';
import { roverSource } from './rover-source.ts';
import type { SupergraphSource } from './supergraph-source.port.ts';
import type { SupergraphChoice } from './supergraph.config.ts';
import { urlSource } from './url-source.ts';

type Options = {
  /** For `${env.NAME}` in a `supergraph.yaml`. */
  readonly environment: Environment;
  readonly logger: Logger;
};

/** Opens the source that the settings name; it has not looked yet. */
export const supergraphSource = async (
  choice: SupergraphChoice,
  { environment, logger }: Options,
): Promise<SupergraphSource> => {
  switch (choice.kind) {
    case 'file':
      return fileSource(choice.file);
    case 'yaml':
      return roverSource(choice.file, {
        environment,
        onWarning: (warning) => logger.warn({ file: choice.file, warning }, 'the supergraph has an oddity'),
      });
    case 'url': {
      const { url, token, pollMs } = choice;
      const headers = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
      return urlSource(url, { headers, intervalMs: pollMs });
    }
    case 'introspection': {
      // It brings the stock gateway along, which takes half a second to load and is of use to nobody else.
      const { introspectionSource } = await import('./introspection-source.ts');
      return introspectionSource({ subgraphs: choice.subgraphs, pollMs: choice.pollMs });
    }
    default:
      return assertNever(choice);
  }
};
