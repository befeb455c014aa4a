/**
 * Builds the offline GraphiQL into gateway/assets: the page, compressed, and the content security policy that allows
 * its one script by hash. Does nothing when both are there and belong to the installed version; `--force` builds anew.
 * Plain JavaScript, so that an image can run it without a build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, '..', 'gateway', 'assets');
const page = join(assets, 'graphiql.html.br');
const policy = join(assets, 'graphiql.csp.txt');
const stamp = join(assets, 'graphiql.version.txt');

const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const ownText = readFileSync(fileURLToPath(import.meta.url), 'utf8');
const version = `${dependencies['@graphql-yoga/render-graphiql']} ${createHash('sha256').update(ownText).digest('hex')}\n`;

const isCurrent =
  [page, policy, stamp].every((file) => existsSync(file)) && readFileSync(stamp, 'utf8') === version;

const DEFAULT_QUERY = `# Ctrl+Space suggests fields, Ctrl+Enter runs the operation.
# Sign in with the "login" mutation, then put its token into the Headers tab:
#   { "authorization": "Bearer <accessToken>" }

query Me {
  me {
    id
  }
}
`;

/** The text of the page's one script: browsers hash what stands between the tags, byte by byte. */
const scriptOf = (html) => {
  const opening = '<script>';
  const start = html.indexOf(opening) + opening.length;
  const end = html.indexOf('</script>', start);
  if (start < opening.length || end < 0) throw new Error('The page of GraphiQL has no script.');
  if (html.indexOf(opening, end) >= 0) throw new Error('The page of GraphiQL has more than one script.');
  return html.slice(start, end);
};

const build = async () => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({ title: 'GraphiQL', endpoint: '/graphql', defaultQuery: DEFAULT_QUERY })
    .trim()
    // A browser reads CR LF as LF before it hashes.
    .replaceAll('\r\n', '\n');
  const hash = createHash('sha256').update(scriptOf(html)).digest('base64');
  const directives = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    // The editor's workers are made from text in the page; it also writes its colours as inline styles.
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  mkdirSync(assets, { recursive: true });
  // Quality 9 takes a second for 9 MB and 11 takes twenty, for 15 % less.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(page, brotliCompressSync(html, { params }));
  writeFileSync(policy, `${directives.join('; ')}\n`);
  writeFileSync(stamp, version);
};

if (!isCurrent || process.argv.includes('--force')) await build();
