import { expect, test } from 'vitest';

import { askSubject } from '../../src/askSubject';

const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } };

test.each([
  [{ uri: 'file:///a.py', range, findingId: 'f' }],
  [{ uri: null }],
  [{ findingId: 'f' }],
])('what names a subject is taken: %o', (given) => {
  expect(askSubject(given)).toEqual(given);
});

test.each([[undefined], [null], ['file:///a.py'], [7], [{}], [{ selected: true }]])('what names none is not: %o', (given) => {
  expect(askSubject(given)).toBeUndefined();
});

test('a range that is none is left out', () => {
  expect(askSubject({ uri: 'file:///a.py', range: { start: 1 } })).toEqual({ uri: 'file:///a.py' });
});
