import { expect, it } from '@jest/globals';
import { declareEvents } from '../event-schemas.ts';
import { exampleNames } from './stored-examples.contract.ts';

it('asks for an example of every version that was ever stored, the newest included', () => {
  const schemas = declareEvents({ Added: { upcasters: [(n: object) => n, (n: object) => n] }, Stopped: {} });
  expect(exampleNames(schemas)).toEqual(['Added.1', 'Added.2', 'Added.3', 'Stopped.1']);
});
