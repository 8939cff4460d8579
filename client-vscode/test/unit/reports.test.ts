import { expect, it } from 'vitest';

import type { Totals } from '../../src/protocol';
import { statusMarkdown, usageMarkdown } from '../../src/reports';

const totals = (turns: number, costUsd: number): Totals => ({
  ...{ turns, inputTokens: 1234, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd },
});

it('lists usage by day, the latest first, and sums it up', () => {
  const byDay = [
    { day: '2026-03-01', ...totals(1, 0.5) },
    { day: '2026-03-02', ...totals(2, 1) },
  ];
  const rows = usageMarkdown({ ...totals(3, 1.5), byDay, bySession: [] }).split('\n').slice(4);
  expect(rows).toEqual([
    '| 2026-03-02 | 2 | 1,234 | 5 | 0 | 0 | $1.00 |',
    '| 2026-03-01 | 1 | 1,234 | 5 | 0 | 0 | $0.50 |',
    '| **All** | 3 | 1,234 | 5 | 0 | 0 | $1.50 |',
    '',
  ]);
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
