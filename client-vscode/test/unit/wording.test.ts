import { describe, expect, it } from 'vitest';

import { ago, dollars, outcome, sessionSummary, shortfall } from '../../src/wording';
import { finding, session, turnResult } from './build';

it.each([
  [0, '$0.00'],
  [0.0042, '$0.0042'],
  [0.5, '$0.50'],
  [12.345, '$12.35'],
])('writes %d dollars', (amount, text) => {
  expect(dollars(amount)).toBe(text);
});

it.each([
  ['2026-03-01T11:59:40Z', 'just now'],
  ['2026-03-01T11:58:00Z', '2 minutes ago'],
  ['2026-03-01T07:00:00Z', '5 hours ago'],
  ['2026-02-27T12:00:00Z', '2 days ago'],
  ['2025-12-01T12:00:00Z', '3 months ago'],
  ['2026-03-01T12:00:09Z', 'just now'],
])('tells how long ago %s was', (moment, text) => {
  expect(ago(moment, Date.parse('2026-03-01T12:00:00Z'))).toBe(text);
});

describe('the outcome of a turn', () => {
  it('counts findings, and tells the cost of the turn and its session', () => {
    const cost = { turnUsd: 0.02, sessionUsd: 0.3 };
    const result = turnResult({ findings: [finding(), finding()], cost });
    expect(outcome(result)).toBe('2 findings · $0.0200 · $0.30 in this session');
  });

  it('tells how full the context is, where that is known', () => {
    expect(outcome(turnResult({ context: { usedTokens: 50, maxTokens: 200 } }))).toContain('context 25% full');
    expect(outcome(turnResult())).not.toContain('context');
  });
});

it('has nothing to say of a turn that ended well, and a reason for every other', () => {
  expect(shortfall({ stopReason: 'end_turn' })).toBeUndefined();
  expect(shortfall({ stopReason: 'max_budget' })).toContain('claudeSidecar.budget');
  expect(shortfall({ stopReason: 'max_turns' })).toContain('claudeSidecar.maxTurns');
});

it('sums a session up', () => {
  const summary = sessionSummary(session({ turns: 1, costUsd: 0.5, openFindings: 2, state: 'requires_action' }));
  expect(summary).toBe('1 turn · $0.50 · 2 open findings · requires action');
  expect(sessionSummary(session({ elsewhere: true }))).toBe('1 turn · $0.0100 · begun in Claude Code');
});
