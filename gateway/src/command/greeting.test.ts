import { describe, expect, it } from '@jest/globals';
import { greeting } from './greeting.ts';

const about = {
  url: 'http://127.0.0.1:4000/graphql',
  subgraphs: [
    { name: 'users', url: 'http://users/graphql' },
    { name: 'events', url: 'events://gateway' },
  ],
  source: 'file supergraph.graphql, watched',
  engine: 'own',
  hasGraphiql: true,
  unreachable: new Set(['users']),
  tookMs: 1_234,
};
const plain = { isTTY: false, hasColors: () => false };

describe('the greeting', () => {
  it('says where everything is, and what does not answer', () => {
    const text = greeting(about, plain).join('\n');
    expect(text).toContain('Ready after 1.2 s');
    expect(text).toMatch(/Subgraphs +users +http:\/\/users\/graphql {2}does not answer/);
    expect(text).toMatch(/events +events:\/\/gateway\n/);
    expect(text).toContain('http://127.0.0.1:4000/graphiql');
  });

  it('promises no GraphiQL that is not there', () => {
    expect(greeting({ ...about, hasGraphiql: false }, plain).join('\n')).not.toContain('graphiql');
  });
});
