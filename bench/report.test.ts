import { expect, it } from '@jest/globals';
import { intoDocument, markdownText, terminalText, type Report } from './report.ts';

const report: Report = {
  name: 'race',
  tables: [
    {
      title: 'A race',
      columns: ['who', 'per second'],
      rows: [
        ['hare', 1234.5],
        ['tortoise', undefined],
      ],
    },
  ],
};

it('shows what was not measured as a dash', () => {
  expect(terminalText(report)).toContain('hare           1,235\ntortoise           –');
  expect(markdownText(report)).toBe(
    '### A race\n\n| who      | per second |\n| -------- | ---------: |\n| hare     |      1,235 |\n| tortoise |          – |\n',
  );
});

it('replaces its own part of a document, and nothing else', () => {
  const before = 'Intro.\n<!-- begin race -->\nold\n<!-- end race -->\nOutro.';
  const after = 'Intro.\n<!-- begin race -->\n\nnew\n\n<!-- end race -->\nOutro.';
  expect(intoDocument(before, 'race', 'new\n')).toBe(after);
  expect(intoDocument(after, 'race', 'new\n')).toBe(after);
});

it('refuses a document that has no place for it', () => {
  expect(() => intoDocument('Intro.', 'race', 'new')).toThrow('no place for race');
});
