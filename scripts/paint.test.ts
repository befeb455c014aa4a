import { expect, it } from '@jest/globals';
import { paint } from './paint.ts';

const stream = (isTTY: boolean, isColourful: boolean) => ({ isTTY, hasColors: () => isColourful });

it('colours what a terminal shows', () => {
  expect(paint(stream(true, true), 'red', 'failed')).toBe('\u001b[31mfailed\u001b[39m');
});

it('leaves text plain in files, pipes and terminals without colours', () => {
  expect(paint(stream(false, true), 'red', 'failed')).toBe('failed');
  expect(paint(stream(true, false), 'red', 'failed')).toBe('failed');
});
