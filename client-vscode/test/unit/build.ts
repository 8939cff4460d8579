// Builders for what the server sends: a whole message from the few fields that a test is about.

import type { Cost, Finding, History, Session, SessionUpdate, TurnResult, Update } from '../../src/protocol';

export function update(change: Update, turnId = 'turn-1', sessionId = 'session-1'): SessionUpdate {
  return { sessionId, turnId, seq: 0, update: change };
}

export function started(prompt: string, turnId = 'turn-1'): SessionUpdate {
  return update({ kind: 'turn_started', turn: { kind: 'ask', prompt }, resumed: false }, turnId);
}

export function waiting(prompt: string, turnId = 'turn-1'): SessionUpdate {
  return update({ kind: 'waiting', turn: { kind: 'ask', prompt }, program: 'claude', processId: 42 }, turnId);
}

export function said(text: string, turnId = 'turn-1'): SessionUpdate {
  return update({ kind: 'agent_message_chunk', text }, turnId);
}

export function ended(result: Partial<TurnResult> = {}, turnId = 'turn-1'): SessionUpdate {
  return update({ kind: 'turn_ended', result: turnResult({ turnId, ...result }) }, turnId);
}

export function turnResult(fields: Partial<TurnResult> = {}): TurnResult {
  const cost: Cost = { turnUsd: 0.01, sessionUsd: 0.01 };
  const context = { usedTokens: 0, maxTokens: 0 };
  return {
    ...{ sessionId: 'session-1', turnId: 'turn-1', stopReason: 'end_turn', text: '', findings: [] },
    ...{ cost, context, resumed: false },
    ...fields,
  };
}

export function finding(fields: Partial<Finding> = {}): Finding {
  const place = { line: 6, character: 0 };
  return {
    ...{ id: 'finding-1', uri: 'file:///projects/app.py', range: { start: place, end: place } },
    ...{ severity: 'warning', category: 'bug', title: 'Off by one', message: 'It stops too early.' },
    ...{ quote: 'range(n)', state: 'open', reviewers: [], sessionId: 'session-1', turnId: 'turn-1' },
    ...fields,
  };
}

export function session(fields: Partial<Session> = {}): Session {
  return {
    ...{ sessionId: 'session-1', workspace: 'file:///work', file: 'app.py', title: 'Review of app.py' },
    ...{ current: true, createdAt: '2026-03-01T11:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z', turns: 1, costUsd: 0.01 },
    ...{ state: 'idle', mode: 'default', openFindings: 0 },
    ...fields,
  };
}

export function history(...prompts: [turnId: string, prompt: string, text: string][]): History {
  const turns = prompts.map(([turnId, prompt, text]) => ({
    ...{ turnId, sessionId: 'session-1', kind: 'ask' as const, prompt, text, state: 'ended' as const, stopReason: 'end_turn' as const },
    ...{ toolCalls: [], findings: [], cost: { turnUsd: 0.01 } },
  }));
  return { session: session({ turns: turns.length }), turns };
}
