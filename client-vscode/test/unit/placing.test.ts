import { describe, expect, it } from 'vitest';

import { indentedAs, placeFor } from '../../src/panel/placing';

const PYTHON = 'import os\n\n\nclass A:\n    def one(self):\n        return 1\n\n    def two(self):\n        return 2\n\n\ndef last():\n    pass\n';
const SCRIPT = 'function a(x) {\n  return x;\n}\n\nfunction b() {}\n';

describe('code from a reply', () => {
  it('goes over the definition of the same name', () => {
    expect(placeFor('def one(self, more):\n    return more', PYTHON)).toEqual({ startLine: 4, endLine: 5 });
    expect(placeFor('class A:\n    pass', PYTHON)).toEqual({ startLine: 3, endLine: 8 });
    expect(placeFor('function a(x, y) {\n  return y;\n}', SCRIPT)).toEqual({ startLine: 0, endLine: 2 });
  });

  it('has no place where nothing, or more than one thing, begins so', () => {
    expect(placeFor('def three():\n    pass', PYTHON)).toBeUndefined();
    expect(placeFor('        return 1\n', `${PYTHON}        return 1\n`)).toBeUndefined();
    expect(placeFor('', PYTHON)).toBeUndefined();
  });

  it('takes the depth of its place', () => {
    expect(indentedAs('def one(self):\n    return 1\n', '    def one(self):')).toBe('    def one(self):\n        return 1\n');
    expect(indentedAs('    x = 1\n      + 2', 'x = 0')).toBe('x = 1\n  + 2');
  });
});
