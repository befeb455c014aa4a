import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, type Environment } from '@saas/config';

/** What the command was asked to do. `environment` has everything that was said, as settings of the gateway. */
export type CommandLine =
  { readonly kind: 'help' } | { readonly kind: 'run'; readonly environment: Environment };

type Option = {
  /** The setting that it stands for. */
  readonly setting: string;
  /** Fixed names for containers and hosting platforms that say it this way. */
  readonly plain?: string;
  readonly isFile?: boolean;
  readonly isSource?: boolean;
};

const options: Readonly<Record<string, Option>> = {
  supergraph: { setting: 'GATEWAY_SUPERGRAPH_FILE', plain: 'SUPERGRAPH', isFile: true, isSource: true },
  compose: { setting: 'GATEWAY_SUPERGRAPH_YAML', isFile: true, isSource: true },
  'supergraph-url': { setting: 'GATEWAY_SUPERGRAPH_URL', isSource: true },
  introspect: { setting: 'GATEWAY_INTROSPECT', isSource: true },
  config: { setting: 'GATEWAY_CONFIG_FILE', isFile: true },
  port: { setting: 'GATEWAY_HTTP_PORT', plain: 'PORT' },
  host: { setting: 'GATEWAY_HTTP_HOST', plain: 'HOST' },
};

/** What `--help` says. */
export const usage = `The gateway alone, in front of any Federation 2 supergraph.

  npm run gateway -- --supergraph FILE         a composed supergraph schema, watched
  npm run gateway -- --compose FILE            rover's supergraph.yaml, composed here and watched
  npm run gateway -- --supergraph-url URL      a composed supergraph schema, asked for regularly
  npm run gateway -- --introspect NAME=URL,…   running subgraphs, asked for their schemas (development)

  --port N         port to listen on; 4000 unless set, 0 takes any free one    (or PORT)
  --host H         address to listen on; 127.0.0.1 unless set                  (or HOST)
  --config FILE    gateway.yaml: headers, errors, time limits, planning
  --help           this text

SUPERGRAPH is understood for --supergraph. Everything else is set by the GATEWAY_ variables of
docs/configuration.md; what is said on the command line wins over them.`;

/**
 * Translates arguments and environment into settings of the gateway. A source of the supergraph in the arguments replaces
 * those of the environment.
 *
 * @param folder that relative paths in the arguments start from.
 * @throws {ConfigError} with every mistake: an unknown option, one without its value, two sources, a plain variable that
 *   contradicts its `GATEWAY_` name.
 */
export const commandLine = (
  args: readonly string[],
  environment: Environment,
  folder: string,
): CommandLine => {
  const given = parse(args);
  if (given['help'] === true) return { kind: 'help' };
  const named = Object.entries(options).filter(([name]) => typeof given[name] === 'string');
  const sources = named.filter(([, { isSource }]) => isSource === true);
  const [first, ...others] = sources.map(([name]) => `--${name}`);
  const problems = others.map((name) => `${name}: contradicts ${first}; name one source of the supergraph`);
  if (problems.length > 0) throw new ConfigError(problems);

  const settings: Record<string, string | undefined> = {
    ...environment,
    ...plainOnes(environment, given, folder),
  };
  if (first !== undefined)
    for (const { setting, isSource } of Object.values(options))
      if (isSource === true) delete settings[setting];
  for (const [name, { setting, isFile }] of named) {
    const value = String(given[name]);
    settings[setting] = isFile === true ? resolve(folder, value) : value;
  }
  return { kind: 'run', environment: settings };
};

/** The mistakes of settings in the words of the options that they came by. */
export const inOwnWords = (error: ConfigError, args: readonly string[]): ConfigError =>
  new ConfigError(
    error.problems.map((problem) => {
      const said = Object.entries(options).find(
        ([name, { setting }]) =>
          problem.startsWith(`${setting}:`) && args.some((each) => each.startsWith(`--${name}`)),
      );
      return said === undefined ? problem : problem.replace(said[1].setting, `--${said[0]}`);
    }),
  );

type Given = Readonly<Record<string, string | boolean | undefined>>;

const parse = (args: readonly string[]): Given => {
  try {
    const { values, tokens } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      tokens: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }])),
      },
    });
    const names: readonly string[] = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.filter((name, index) => name !== 'help' && names.indexOf(name) !== index);
    if (twice.length > 0)
      throw new ConfigError([...new Set(twice)].map((name) => `--${name}: was given twice`));
    const empty = Object.entries(values as Given).filter(([, value]) => value === '');
    if (empty.length > 0) throw new ConfigError(empty.map(([name]) => `--${name}: needs a value`));
    return values;
  } catch (error) {
    if (!isParseError(error)) throw error;
    throw new ConfigError([error.message]);
  }
};

const isParseError = (error: unknown): error is Error & { code: string } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  String(error.code).startsWith('ERR_PARSE_ARGS_');

const plainOnes = (environment: Environment, given: Given, folder: string): Environment => {
  const problems: string[] = [];
  const found: Record<string, string> = {};
  for (const [name, { setting, plain, isFile }] of Object.entries(options)) {
    const said = plain === undefined ? undefined : environment[plain];
    if (plain === undefined || said === undefined || said === '' || given[name] !== undefined) continue;
    const value = isFile === true ? resolve(folder, said) : said;
    const ours = environment[setting];
    if (ours !== undefined && ours !== '' && ours !== said && ours !== value)
      problems.push(`${plain}: contradicts ${setting}; set one of them`);
    found[setting] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
};
