import { realpath } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '@saas/local-stack';
import { graphqlClient, type GraphqlClient } from '../support/graphql-client.ts';
import { npmChaos, type ChaosCommand } from '../support/npm-chaos.ts';
import { freshDataDir, nothingLeftOf, npmStart, processesOf, type Started } from '../support/npm-start.ts';
import { tenants, type Person } from '../support/tenants.ts';

// Deadlines for a machine that is busy with other things; nothing here measures time.
jest.setTimeout(180_000);

let home: Awaited<ReturnType<typeof freshDataDir>>;
let started: Started;
let graphql: GraphqlClient;
let ada: Person;
beforeAll(async () => {
  home = await freshDataDir();
  started = await npmStart(home);
  graphql = graphqlClient(await started.ready());
  ada = await tenants(graphql).registerTenant();
});
afterAll(async () => {
  started.interrupt();
  await started.ended;
  const left = await processesOf(home.dataDir);
  for (const line of left.filter((each) => /npm|start\.js/.test(each)))
    process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await nothingLeftOf(home.dataDir);
  await home.remove();
});

const commands: ChaosCommand[] = [];
afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.signal('SIGKILL');
    await command.ended;
  }
  await itIsWell();
});

const chaos = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const command = npmChaos(args, { DATA_DIR: home.dataDir, ...environment });
  commands.push(command);
  return command;
};
const BOTH = '{ me { name } projects(first: 1) { nodes { id } } }';
const ask = async () => graphql(BOTH, {}, ada);
/** As nobody has asked before: nothing is known that could stand in for an answer. */
const askAfresh = async () => graphql(BOTH, {}, await tenants(graphql).signIn(ada.email));
const itIsWell = async () =>
  waitUntil('everything to be answered', async () => (await ask()).errors.length === 0, {
    timeoutMs: 120_000,
    intervalMs: 200,
  });

describe('npm run chaos', () => {
  it('puts a fault into one subgraph’s calls for as long as it is told, and says what it did', async () => {
    const command = chaos(['--subgraph', 'projects', '--fault', 'bad-json', '--for', '4s']);
    await command.begun();
    const answer = await askAfresh();
    expect(answer.data).toEqual({ me: { name: ada.name }, projects: null });
    expect(answer.errors).toMatchObject([
      { path: ['projects'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
    ]);
    expect(await command.ended).toBe(0);
    expect(command.output()).toMatch(
      /Fault +bad-json\n +Lasted +4\.0 s\n +Calls +[1-9]\d* .*\n +Faults +[1-9]\d* \(100\.0 %\)/,
    );
    expect(command.output()).toMatch(/Now +calls go to http:\S+ again/);
    await itIsWell();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    const command = chaos(['--subgraph', 'projects', '--fault', '500', '--for', '1h']);
    await command.begun();
    expect((await askAfresh()).data['projects']).toBeNull();
    command.signal(signal);
    const code = await command.ended;
    if (signal !== 'SIGKILL') expect(command.output()).toMatch(/of 3600\.0 s \(stopped\)/);
    if (signal === 'SIGINT') expect(code).toBe(0);
    await itIsWell();
  });

  it('lets one command at a time have a subgraph, and others have theirs', async () => {
    await chaos(['--subgraph', 'projects', '--fault', 'none', '--for', '1h']).begun();
    const rival = chaos(['--subgraph', 'projects', '--fault', 'hang']);
    expect(await rival.ended).toBe(1);
    expect(rival.output()).toMatch(/^CHAOS_IN_PROGRESS: /m);
    await chaos(['--subgraph', 'notifications', '--fault', 'hang', '--for', '1h']).begun();
    await itIsWell();
  });

  it.each([
    ['no subgraph', ['--fault', 'hang'], 2, /^Usage: npm run chaos/],
    ['no fault', ['--subgraph', 'users'], 2, /^Usage: npm run chaos/],
    ['an unknown option', ['--subgraf', 'users'], 2, /Unknown option '--subgraf'/],
    ['an unknown fault', ['--subgraph', 'users', '--fault', 'hung'], 2, /no fault "hung"\. There are hang,/],
    ['no time', ['--subgraph', 'users', '--fault', 'hang', '--for', 'ever'], 2, /--for ever: .*30s/],
    ['an unknown subgraph', ['--subgraph', 'x', '--fault', 'hang'], 1, /CHAOS_SUBGRAPH_UNKNOWN.* users/],
  ])('says what is wrong with %s, and changes nothing', async (_, args, code, says) => {
    const command = chaos(args);
    expect(await command.ended).toBe(code);
    expect(command.output()).toMatch(says);
    expect(command.output()).not.toMatch(/\n\s+at /);
  });

  it('is refused in production unless that was allowed', async () => {
    const args = ['--subgraph', 'projects', '--fault', '500', '--for', '1h'];
    const refused = chaos(args, { NODE_ENV: 'production' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(/^CHAOS_NOT_ALLOWED: .*CHAOS_ALLOWED=true/m);
    await chaos(args, { NODE_ENV: 'production', CHAOS_ALLOWED: 'true' }).begun();
  });

  it('says how to start a gateway where none is', async () => {
    const command = chaos(['--subgraph', 'users', '--fault', 'hang'], { DATA_DIR: '/nowhere' });
    expect(await command.ended).toBe(1);
    expect(command.output()).toMatch(/^CHAOS_NO_GATEWAY: .*\/nowhere\/chaos\.sock .*npm start/m);
  });

  it('is over when its control connection is, not when its proxy is', async () => {
    const command = chaos(['--subgraph', 'projects', '--fault', 'none', '--for', '1h']);
    await command.begun();
    // A second hold on the same subgraph is refused for exactly as long.
    const hold = () => holds(join(home.dataDir, 'chaos.sock'), 'projects');
    expect(await hold()).toBe('refused');
    command.signal('SIGKILL');
    await command.ended;
    await waitUntil('the subgraph to be free', async () => (await hold()) === 'begun');
  });
});

/** Asks for a hold as the command does, and lets go at once. */
const holds = async (path: string, subgraph: string): Promise<unknown> => {
  const socket = connect(await realpath(path));
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve).once('error', reject);
  });
  socket.write(`${JSON.stringify({ subgraph, origin: 'http://127.0.0.1:1' })}\n`);
  const { status } = JSON.parse((await answer).toString()) as { readonly status: unknown };
  socket.destroy();
  return status;
};
