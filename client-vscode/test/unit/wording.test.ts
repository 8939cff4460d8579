import { describe, expect, it } from 'vitest';

import {
  ago,
  cancellationWords,
  compactedWords,
  dollars,
  estimateWords,
  originWords,
  outcome,
  recoveredWords,
  rewindWords,
  sessionSummary,
  shortfall,
  verificationWords,
} from '../../src/wording';
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
  expect(shortfall({ stopReason: 'cancelled' })).toBe('Cancelled.');
  const error = { kind: 'billing', message: 'It was not started', hint: 'Ask again.', retryable: true } as const;
  expect(shortfall({ stopReason: 'cancelled', error })).toBe('It was not started. Ask again.');
  expect(shortfall({ stopReason: 'max_budget' })).toContain('claudeSidecar.budget');
  expect(shortfall({ stopReason: 'max_turns' })).toContain('claudeSidecar.maxTurns');
});

it('sums a session up', () => {
  const summary = sessionSummary(session({ turns: 1, costUsd: 0.5, openFindings: 2, state: 'requires_action' }));
  expect(summary).toBe('1 turn · $0.50 · 2 open findings · waits for you');
  expect(sessionSummary(session({ elsewhere: true }))).toBe('1 turn · $0.0100 · begun in Claude Code');
});

it.each([
  [{ state: 'verified', command: 'pytest -q', attempts: 2 }, 'Verified by pytest -q after 2 changes.'],
  [{ state: 'still failing', command: 'pytest -q', attempts: 1, failure: '1 failed' }, 'Still failing after 1 change: pytest -q.'],
  [{ state: 'not verified', attempts: 0, reason: 'it did not end in time' }, 'Not verified: it did not end in time.'],
  [{ state: 'not verified', attempts: 0 }, 'Not verified.'],
] as const)('says whether a fix was seen to work: %o', (verification, words) => {
  expect(verificationWords(verification)).toBe(words);
});

it('says what became of a conversation that was lost or too long', () => {
  const lost = { from: 'session-0', reason: 'no transcript' };
  expect(recoveredWords({ ...lost, by: 'copy' })).toContain('put back from a copy');
  expect(recoveredWords({ ...lost, by: 'journal' })).toContain('told what was said');
  expect(compactedWords({ beforeTokens: 150_000, afterTokens: 20_000 })).toBe('The conversation was summarised: 150,000 tokens before, 20,000 now.');
  expect(compactedWords({ beforeTokens: 150_000 })).toBe('The conversation was summarised: 150,000 tokens before.');
});

it('says of a turn whose server ended that it was cut off, not cancelled', () => {
  expect(shortfall({ stopReason: 'cancelled', cutOff: true })).toContain('What had arrived is kept');
});

describe('an estimate', () => {
  const amounts = { tokens: { low: 1200, high: 4000 }, costUsd: { low: 0.01, high: 0.25 } };

  it('says what it goes by', () => {
    expect(estimateWords({ ...amounts, basedOnTurns: 0 })).toBe('This may cost $0.0100 to $0.25, for 1,200 to 4,000 tokens, by its size.');
    expect(estimateWords({ ...amounts, basedOnTurns: 2 })).toContain('to go by 2 earlier reviews.');
  });

  it('says why one should think twice', () => {
    expect(estimateWords({ ...amounts, basedOnTurns: 0, reason: 'It may cost more than $2' })).toMatch(/ It may cost more than \$2\.$/);
  });
});

it.each([
  [{ stopped: [], stillRunning: [] }, 'Claude is not doing anything.', false],
  [{ stopped: ['a'], stillRunning: [] }, 'Claude was stopped.', false],
  [{ stopped: ['a'], stillRunning: ['b', 'c'] }, 'Still running, and being stopped: 2 turns.', true],
  [
    { stopped: ['a'], stillRunning: [], background: { stopped: [{ taskId: '1', description: 'npm test' }], stillRunning: [] } },
    'Claude was stopped. In the background too: npm test.',
    false,
  ],
  [
    { stopped: ['a'], stillRunning: [], background: { stopped: [], stillRunning: [{ taskId: '1', description: 'npm test' }] } },
    'Still running, and being stopped: npm test.',
    true,
  ],
])('says of a cancellation %j what still runs', (cancellation, text, stillRuns) => {
  expect(cancellationWords(cancellation)).toEqual({ text, stillRuns });
});

it('says of a rewind what was put back, and what was not and why', () => {
  expect(rewindWords([], [])).toBe('No file was changed since.');
  expect(rewindWords(['a.py', 'b.py'], [])).toBe('Put back: a.py, b.py.');
  const left = [{ name: 'b.py', reason: 'It was changed since, and nobody agreed to lose that.' }];
  expect(rewindWords(['a.py'], left)).toBe('Put back: a.py. Not put back: b.py. It was changed since, and nobody agreed to lose that.');
});

it('says where a turn comes from', () => {
  expect(originWords({})).toBeUndefined();
  expect(originWords({ continues: 'a' })).toBe('goes on with an earlier turn');
  expect(originWords({ retries: 'a' })).toBe('tried again');
  expect(originWords({ elsewhere: true })).toBe('in Claude Code itself');
});
