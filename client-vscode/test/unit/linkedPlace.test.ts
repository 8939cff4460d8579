import { expect, it } from 'vitest';

import { linkedPlace } from '../../src/linkedPlace';

it.each([
  ['src/app.py', { path: 'src/app.py', isAbsolute: false }],
  ['src/app.py:12', { path: 'src/app.py', isAbsolute: false, line: 11 }],
  ['src/app.py:12:5', { path: 'src/app.py', isAbsolute: false, line: 11, column: 4 }],
  ['src/app.py:12-20', { path: 'src/app.py', isAbsolute: false, line: 11 }],
  ['app.py:7: ValueError', { path: 'app.py', isAbsolute: false, line: 6 }],
  ['src/app.py#L12', { path: 'src/app.py', isAbsolute: false, line: 11 }],
  ['src/app.py#L12-L20', { path: 'src/app.py', isAbsolute: false, line: 11 }],
  ['src/app.py#L12C5-L20C1', { path: 'src/app.py', isAbsolute: false, line: 11, column: 4 }],
  ['src/app.ts(12,5)', { path: 'src/app.ts', isAbsolute: false, line: 11, column: 4 }],
  ['src/app.ts(12)', { path: 'src/app.ts', isAbsolute: false, line: 11 }],
  ['a%20b.py:0', { path: 'a b.py', isAbsolute: false, line: 0 }],
  ['100%.py:3', { path: '100%.py', isAbsolute: false, line: 2 }],
  ['/project/app.py:12', { path: '/project/app.py', isAbsolute: true, line: 11 }],
  ['file:///project/a%20b.py#L3', { path: '/project/a b.py', isAbsolute: true, line: 2 }],
  ['file:///C:/project/app.py', { path: '/C:/project/app.py', isAbsolute: true }],
  ['C:\\work\\app.py', { path: 'C:\\work\\app.py', isAbsolute: true }],
  ['C:\\work\\app.py:12:5', { path: 'C:\\work\\app.py', isAbsolute: true, line: 11, column: 4 }],
  ['c:/project/app.py:12', { path: 'c:/project/app.py', isAbsolute: true, line: 11 }],
  ['\\\\server\\share\\app.py:12', { path: '\\\\server\\share\\app.py', isAbsolute: true, line: 11 }],
  ['src\\app.py:12', { path: 'src/app.py', isAbsolute: false, line: 11 }],
  ['page(1).md', { path: 'page(1).md', isAbsolute: false }],
])('%s', (href, place) => {
  expect(linkedPlace(href)).toEqual(place);
});

it.each(['', '#L12', ':3'])('%j points at nothing', (href) => {
  expect(linkedPlace(href)).toBeUndefined();
});
