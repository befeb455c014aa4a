import { expect, it } from '@jest/globals';
import { LogPosition } from './log-position.ts';

it('only ever moves on, whatever the order in which it is told', () => {
  const position = new LogPosition();
  const told = ['0/FF', '1/0', '0/100', '1/0', 'A/0', '9/FFFFFFFF'].map((lsn) => {
    position.note(lsn);
    return position.lsn;
  });
  expect(told).toEqual(['0/FF', '1/0', '1/0', '1/0', 'A/0', 'A/0']);
});
