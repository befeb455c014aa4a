/**
 * Generates the Prisma client of every service (or of those named as arguments) into `prisma/<service>/client`.
 *
 * Runs the generator in this process: no CLI, no engine, no download, no settings. A service whose schema files and
 * generator version are the same as last time is left alone. CommonJS, because the ESM build of
 * `@prisma/client-common` 7.10 has imports that do not resolve.
 */
const { createHash } = require('node:crypto');
const {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const path = require('node:path');
const { dependencies } = require('./package.json');

const prismaFolder = path.join(__dirname, '..', 'prisma');

/** What the client is made of: this file, the generator's (pinned) version and the schema files, links followed. */
const fingerprintOf = (service) => {
  const folder = path.join(prismaFolder, service);
  const hash = createHash('sha256');
  hash.update(readFileSync(__filename));
  hash.update(`${dependencies['@prisma/client-generator-ts']} ${dependencies['@prisma/internals']}\0`);
  for (const name of readdirSync(folder).toSorted()) {
    if (name.endsWith('.prisma')) hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)));
  }
  return hash.digest('hex');
};

const isCurrent = (service, fingerprint) => {
  const stamp = path.join(prismaFolder, service, 'client', '.stamp');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
};

const generate = async (service, fingerprint) => {
  // Loaded late: a run that finds everything current does not pay for these 300 ms.
  const { getGenerators, loadSchemaContext } = require('@prisma/internals');
  const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts');
  const { enginesVersion } = require('@prisma/engines-version');

  const folder = path.join(prismaFolder, service);
  const client = path.join(folder, 'client');
  // Made aside and then swapped in, so that neither a second run nor a running test meets half a client.
  const fresh = mkdtempSync(path.join(folder, 'client-'));
  chmodSync(fresh, 0o755);
  const generators = await getGenerators({
    schemaContext: await loadSchemaContext({
      schemaPath: { cliProvidedPath: folder },
      printLoadMessage: false,
    }),
    registry: { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } },
    skipDownload: true,
    version: enginesVersion,
    cliCommand: 'npm run db:generate',
  });
  try {
    for (const generator of generators) {
      generator.options.generator.output.value = fresh;
      await generator.generate();
      generator.stop();
    }
    writeFileSync(path.join(fresh, '.stamp'), fingerprint);
    rmSync(client, { recursive: true, force: true });
    renameSync(fresh, client);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // A run beside this one was faster, with the same outcome.
    if (!isCurrent(service, fingerprint)) throw error;
  }
};

const servicesWithSchema = () =>
  readdirSync(prismaFolder).filter((name) => existsSync(path.join(prismaFolder, name, 'schema.prisma')));

const main = async (named) => {
  for (const service of named.length > 0 ? named : servicesWithSchema()) {
    const fingerprint = fingerprintOf(service);
    if (isCurrent(service, fingerprint)) continue;
    await generate(service, fingerprint);
    console.log(`prisma/${service}/client generated`);
  }
};

main(process.argv.slice(2)).catch((error) => {
  console.error(`The Prisma clients could not be generated.\n${error.message}`);
  process.exitCode = 1;
});
