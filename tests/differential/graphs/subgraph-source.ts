export type SubgraphSource = {
  readonly name: string;
  /** Without the link to the federation specification, or with one of its own. */
  readonly sdl: string;
};

const imports = [
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@interfaceObject',
  '@inaccessible',
  '@override',
  '@tag',
];

export const subgraphSdl = (sdl: string): string =>
  sdl.includes('@link(')
    ? sdl
    : `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify(imports)})\n${sdl}`;
