import { describe, expect, it } from 'vitest';

import { aroundFailure, failureIn } from '../../../src/debug/tracebacks';

describe('a line of a terminal', () => {
  it.each([
    'Traceback (most recent call last):',
    'ZeroDivisionError: division by zero',
    'json.decoder.JSONDecodeError: Expecting value',
    "E   AssertionError: assert 1 == 2",
    'KeyboardInterrupt',
    "thread 'main' panicked at src/main.rs:3:5:",
    'panic: runtime error: index out of range',
    'FAILED tests/test_a.py::test_b - assert 1 == 2',
    'TypeError: x is not a function',
    'Exception in thread "main" java.lang.NullPointerException',
  ])('names a failure: %s', (line) => {
    expect(failureIn(`  ${line}  `)).toEqual({ startIndex: 2, length: line.length });
  });

  it.each(['$ pytest', 'no error here', '3 passed in 0.2s', 'class MyError(Exception):', '', 'errors: 0'])('names none: %s', (line) => {
    expect(failureIn(line)).toBeUndefined();
  });
});

describe('what belongs to a failure', () => {
  it('is what stands around its last place in the terminal', () => {
    const text = ['old: ValueError', ...Array.from({ length: 200 }, (_, i) => `line ${i}`), 'ValueError', '$'].join('\r\n');
    const around = aroundFailure(text, 'ValueError  ');
    expect(around.split('\n')).toHaveLength(82);
    expect(around.endsWith('ValueError\n$')).toBe(true);
  });

  it('is the line itself where the terminal has forgotten it', () => {
    expect(aroundFailure('nothing', ' ValueError ')).toBe('ValueError');
  });
});
