import { posix } from 'node:path';
import {
  adapterImporters,
  adapters,
  everyService,
  mayImport,
  pureBuiltIns,
  pureRoles,
  pureRooms,
  pureTypeRooms,
} from './dependency-rules.ts';
import { isTestCode, isTypeScript, type SourceTree } from './source-tree.ts';
import { parse, type ImportStatement } from './syntax.ts';

/**
 * Every import that goes against the arrows: into a room that may not be seen from here, past another room's door,
 * from a rule to something that waits, or to an adapter from anywhere but the wiring.
 *
 * Tests, suites of ports included, may import other rooms' doors as they like, but not go past them.
 */
export const findForbiddenImports = (tree: SourceTree): readonly string[] =>
  [...tree].flatMap(([file, source]) => {
    if (!isTypeScript(file)) return [];
    const room = roomOf(file);
    const allowed = mayImport[room];
    if (allowed === undefined) return [`${file}: there is no room called ${room}`];
    return parse(source).imports.flatMap((statement) => {
      const complaint = complaintOf(file, room, allowed, statement);
      return complaint === undefined ? [] : [`${file}:${statement.line}: ${complaint}`];
    });
  });

/** `packages/kernel/ids.ts` is of kernel, `subgraphs/users/src/x.ts` of subgraphs/users, `prisma/users/x.ts` of prisma-users. */
export const roomOf = (file: string): string => {
  const [top = '', name = ''] = file.split('/');
  switch (top) {
    case 'packages':
      return name;
    case 'subgraphs':
      return `${top}/${name}`;
    case 'prisma':
      return `prisma-${name}`;
    default:
      return top;
  }
};

/** The room behind `@saas/<name>`, and whether this is one of its doors: `@saas/<name>` or `@saas/<name>/testing`. */
export const workspaceOf = (specifier: string): { room: string; isDoor: boolean } | undefined => {
  const [, name, inside] = /^@saas\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  const isSubgraph = `subgraphs/${name}` in mayImport;
  return {
    room: isSubgraph ? `subgraphs/${name}` : name,
    isDoor: inside === undefined || inside === 'testing',
  };
};

const complaintOf = (
  file: string,
  room: string,
  allowed: readonly string[],
  statement: ImportStatement,
): string | undefined => {
  const { specifier } = statement;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    if (roomOf(target) !== room) return `${specifier} leaves ${room} past the doors`;
    return isRule(file) && !isRule(target) ? `a rule may not import ${specifier}` : undefined;
  }
  const workspace = workspaceOf(specifier);
  if (isRule(file) && !isOpenToRules(statement, workspace?.room)) return `a rule may not import ${specifier}`;
  if (workspace === undefined || workspace.room === room) return undefined;
  if (!workspace.isDoor) return `${specifier} is past the door of ${workspace.room}`;
  if (isTestCode(file)) return undefined;
  if (!isAllowed(workspace.room, allowed)) return `${room} may not import ${workspace.room}`;
  const isInside = room.startsWith('subgraphs/') && !adapterImporters.some((place) => place.test(file));
  if (isInside && adapters.includes(workspace.room) && !statement.isTypeOnly) {
    return `only wiring imports ${workspace.room}; elsewhere its types alone`;
  }
  return undefined;
};

const isAllowed = (room: string, allowed: readonly string[]): boolean =>
  room === 'kernel' ||
  allowed.includes('*') ||
  allowed.includes(room) ||
  (allowed.includes('@service') && everyService.some((each) => each === room));

const isRule = (file: string): boolean =>
  file.startsWith('subgraphs/') && pureRoles.some((role) => file.endsWith(`.${role}.ts`));

const isOpenToRules = ({ specifier, isTypeOnly }: ImportStatement, room: string | undefined): boolean =>
  room === undefined
    ? pureBuiltIns.includes(specifier)
    : pureRooms.includes(room) || (isTypeOnly && pureTypeRooms.includes(room));
