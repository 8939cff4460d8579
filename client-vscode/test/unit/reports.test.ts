import { expect, it } from 'vitest';

import type { Totals } from '../../src/commandShapes';
import { statusMarkdown, usageMarkdown } from '../../src/reports';

const totals = (turns: number, costUsd: number): Totals => ({
  ...{ turns, inputTokens: 1234, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd },
});

const NO_PARTS = { byDay: [], bySession: [], byFile: [], byWorkspace: [], byModel: [], budgets: [] };

it('lists usage by day, the latest first, and sums it up', () => {
  const byDay = [
    { day: '2026-03-01', ...totals(1, 0.5) },
    { day: '2026-03-02', ...totals(2, 1) },
  ];
  const rows = usageMarkdown({ ...totals(3, 1.5), ...NO_PARTS, byDay }).split('\n').slice(4);
  expect(rows).toEqual([
    '| 2026-03-02 | 2 | 1,234 | 5 | 0 | 0 | $1.00 |',
    '| 2026-03-01 | 1 | 1,234 | 5 | 0 | 0 | $0.50 |',
    '| **All** | 3 | 1,234 | 5 | 0 | 0 | $1.50 |',
    '',
  ]);
});

it('says where the money went, the dearest first, and what is left', () => {
  const lines = usageMarkdown({
    ...totals(3, 1.5),
    ...NO_PARTS,
    bySession: [
      { sessionId: 'a', ...totals(1, 0.5) },
      { sessionId: 'b', title: 'Cart', ...totals(2, 1) },
    ],
    byFile: [{ uri: 'file:///shop/cart.py', workspace: 'file:///shop', file: 'cart.py', ...totals(3, 1.5) }],
    byModel: [{ model: 'claude-opus-5-5', ...totals(3, 1.5) }],
    budgets: [
      { setting: 'budget.turnUsd', limitUsd: 0.5 },
      { setting: 'budget.dayUsd', limitUsd: 2, spentUsd: 1.5, leftUsd: 0.5 },
    ],
  }).split('\n');
  expect(lines.filter((line) => line.startsWith('- '))).toEqual([
    '- `budget.turnUsd`: $0.50',
    '- `budget.dayUsd`: $2.00, of which $0.50 are left',
  ]);
  const names = lines.filter((line) => line.startsWith('| ') && !line.includes('---')).map((line) => line.split(' | ')[0]);
  expect(names.slice(2)).toEqual(['| Session', '| Cart', '| deleted', '| File', '| cart.py', '| Model', '| claude-opus-5-5']);
});

it('tells each part of the status in words', () => {
  const status = { server: '0.1.0', authenticated: null, store: { persistent: true }, settingsProblems: [] };
  expect(statusMarkdown(status).split('\n').slice(2)).toEqual([
    '- **server**: 0.1.0',
    '- **authenticated**: –',
    '- **store**',
    '  - **persistent**: yes',
    '- **settingsProblems**: none',
    '',
  ]);
});
