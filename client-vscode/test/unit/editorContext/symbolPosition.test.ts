import { expect, it } from 'vitest';

import { symbolPosition } from '../../../src/editorContext/symbolPosition';

const TEXT = 'from a import mean\n\ndef meaning(): pass\n\ndef use(self):\r\n    return self.mean(1)\n';

it.each([
  ['mean', undefined, { line: 0, character: 14 }],
  ['mean', 5, { line: 5, character: 16 }],
  ['Stats.mean', 4, { line: 5, character: 16 }],
  ['std::mean', 0, { line: 0, character: 14 }],
  ['meaning', undefined, { line: 2, character: 4 }],
  ['nothing', 0, undefined],
  ['', 0, undefined],
  ['mean(', 0, undefined],
])('%s near line %s is found where it stands as a word', (symbol, near, spot) => {
  expect(symbolPosition(TEXT, symbol, near)).toEqual(spot);
});
