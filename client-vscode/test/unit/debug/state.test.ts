import { describe, expect, it } from 'vitest';

import { exceptionOf, isException, isOwn, isScopes, isStackTrace, isTold, isVariables, sourceFile, stoppedAt } from '../../../src/debug/state';

describe('what a debug adapter answers', () => {
  it('is taken where it has the protocol’s shape', () => {
    expect(isStackTrace({ stackFrames: [{ id: 1, name: 'mean', line: 2, column: 5, source: { path: '/a.py' } }], totalFrames: 1 })).toBe(true);
    expect(isStackTrace({ stackFrames: [{ id: 1, name: 'native', line: 0 }] })).toBe(true);
    expect(isScopes({ scopes: [{ name: 'Locals', variablesReference: 3, expensive: false }] })).toBe(true);
    expect(isVariables({ variables: [{ name: 'x', value: '1', type: 'int', variablesReference: 0 }] })).toBe(true);
    expect(isException({ exceptionId: 'ValueError', breakMode: 'unhandled' })).toBe(true);
  });

  it.each([undefined, {}, { stackFrames: [{ name: 'mean' }] }, { stackFrames: 'none' }])('is not where it has not: %o', (answer) => {
    expect(isStackTrace(answer)).toBe(false);
  });

  it('tells an exception as exactly as it can', () => {
    const details = { typeName: 'builtins.ValueError', message: 'bad' };
    expect(exceptionOf({ exceptionId: 'ValueError', description: 'x', details })).toEqual({ type: 'builtins.ValueError', message: 'bad' });
    expect(exceptionOf({ exceptionId: 'ValueError', description: 'x', details: undefined })).toEqual({ type: 'ValueError', message: 'x' });
  });

  it('leaves out what is not the program’s own', () => {
    const names = ['numbers', 'special variables', '__name__', '_private', 'function variables'];
    expect(names.filter((name) => isOwn({ name }))).toEqual(['numbers', '_private']);
    expect([{ name: 'Locals' }, { name: 'Globals' }, { name: 'Local', presentationHint: 'locals' }, { name: 'Registers', presentationHint: 'registers' }].map(isTold)).toEqual([
      ...[true, false, true, false],
    ]);
  });

  it.each([
    ['/project/a b.py', '/project/a b.py'],
    ['C:\\work\\a.py', 'C:\\work\\a.py'],
    ['file:///project/a%20b.js', '/project/a b.js'],
    ['vscode-remote://127.0.0.1:8080/project/a.js', '/project/a.js'],
    ['<node_internals>/internal/modules/cjs/loader', undefined],
    ['node:internal/main', undefined],
    [undefined, undefined],
  ])('is in a file or not: %s', (path, file) => {
    expect(sourceFile(path)).toBe(file);
  });

  it('is named in a few words', () => {
    const frames = [{ name: 'mean', line: 2, variables: [] }];
    expect(stoppedAt({ reason: 'breakpoint', frames })).toBe('breakpoint in mean, line 2');
    expect(stoppedAt({ reason: 'exception', exception: { type: 'ValueError', message: '' }, frames })).toBe('ValueError in mean, line 2');
    expect(stoppedAt({ frames: [] })).toBe('stopped');
  });
});
