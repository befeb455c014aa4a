import { expect, it } from '@jest/globals';
import { acceptanceOf } from './media-type.ts';

const official = 'application/graphql-response+json';
const json = 'application/json';

it.each([
  [undefined, json, false],
  ['', json, false],
  ['*/*', json, false],
  ['application/*', json, false],
  [json, json, true],
  ['APPLICATION/JSON; charset=utf-8', json, true],
  [official, official, false],
  [`${official}, ${json};q=0.9`, official, false],
  [`${json}, ${official}`, official, false],
  [`${json}, ${official};q=0.5`, json, true],
  [`${official};q=0, */*`, json, false],
  [`text/html, ${json};q=0`, undefined, false],
  ['text/html', undefined, false],
  ['text/html, */*;q=0.1', json, false],
])('Accept: %s', (accept, mediaType, isJsonByName) => {
  expect(acceptanceOf(accept)).toEqual({ mediaType, isJsonByName, acceptsParts: false });
  // The second time it is remembered.
  expect(acceptanceOf(accept).mediaType).toBe(mediaType);
});

it.each([
  ['multipart/mixed;deferSpec=20220824, application/json', true],
  ['multipart/mixed; deferSpec="20220824"', true],
  ['multipart/mixed', false],
  ['multipart/mixed; deferSpec=2099', false],
])('parts are taken by %s: %s', (accept, acceptsParts) => {
  expect(acceptanceOf(accept).acceptsParts).toBe(acceptsParts);
});

it('forgets the oldest header of very many', () => {
  for (let index = 0; index < 500; index += 1) expect(acceptanceOf(`x/${index}`).mediaType).toBeUndefined();
});
