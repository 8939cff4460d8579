import { describe, expect, it } from 'vitest';

import { failureOf } from '../../../src/debug/failedTest';

const range = { start: { line: 6, character: 0 }, end: { line: 6, character: 4 } };
const test = { id: 'a', label: 'test_mean', uri: { fsPath: '/project/test_stats.py' }, range };

describe('a failed test, from the menu of its message', () => {
  it('is told with its name, its place and what it said', () => {
    const message = { message: 'assert 1 == 2', location: { uri: { fsPath: 'C:\\work\\stats.py' }, range } };
    expect(failureOf({ test, message })).toBe('test_mean failed at C:\\work\\stats.py:7:\nassert 1 == 2');
  });

  it('is told at the test itself where the message has no place', () => {
    expect(failureOf({ test, message: { message: { value: '**1** is not 2' } } })).toBe('test_mean failed at /project/test_stats.py:7:\n**1** is not 2');
  });

  it('says what was expected and what came', () => {
    const message = { message: 'Not equal', expectedOutput: '1', actualOutput: '2' };
    expect(failureOf({ test: { label: 'sums' }, message })).toBe('sums failed:\nNot equal\nExpected: 1\nActual: 2');
  });
});

describe('a failed test, from its own menu', () => {
  it('is to be run, because its messages stay with the editor', () => {
    expect(failureOf(test)).toBe('test_mean failed at /project/test_stats.py:7. Run it to see how.');
    expect(failureOf({ label: 'all', uri: { fsPath: '/project/a.py' } })).toBe('all failed at /project/a.py. Run it to see how.');
  });

  it('is told with what kept it from being found', () => {
    expect(failureOf({ label: 'stats.py', error: 'SyntaxError: invalid syntax' })).toBe('stats.py failed:\nSyntaxError: invalid syntax');
  });
});

it.each([undefined, 'test', {}, { message: { message: '  ' } }])('is none: %o', (argument) => {
  expect(failureOf(argument)).toBeUndefined();
});
