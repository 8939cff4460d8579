import { describe, expect, it } from 'vitest';

import { Conversation } from '../../src/conversation';
import { textOf } from '../../src/shownTurn';
import type { SessionUpdate, ToolKind } from '../../src/protocol';
import { ended, finding, history, said, started, update, waiting } from './build';

function after(...updates: SessionUpdate[]): Conversation {
  const conversation = Conversation.empty('session-1');
  updates.forEach((each) => {
    conversation.apply(each);
  });
  return conversation;
}

function tool(toolCallId: string, title = 'Read app.py', toolKind: ToolKind = 'read'): SessionUpdate {
  return update({ kind: 'tool_call', toolCallId, title, toolKind, locations: [] });
}

function texts(conversation: Conversation): string[] {
  return conversation.turns.map(textOf);
}

describe('a conversation', () => {
  it('joins what is said, in the order of what is done', () => {
    const [turn] = after(started('Why?'), said('Let me '), said('look.'), tool('t1'), said('Because.')).turns;
    const parts = turn?.parts.map((part) => (part.type === 'tool' ? part.tool.title : part.text));
    expect(parts).toEqual(['Let me look.', 'Read app.py', 'Because.']);
    expect(turn?.ended).toBeUndefined();
  });

  it('keeps thinking and what other agents say apart from the reply', () => {
    const thought = update({ kind: 'agent_thought_chunk', text: 'Hm.' });
    const other = update({ kind: 'agent_message_chunk', text: 'Found it.', agent: 'reviewer' });
    const conversation = after(started('Why?'), thought, said('Because.'), other);
    expect(texts(conversation)).toEqual(['Because.']);
    expect(conversation.turns[0]?.parts.map(({ type, agent }) => [type, agent])).toEqual([
      ['thought', undefined],
      ['text', undefined],
      ['text', 'reviewer'],
    ]);
  });

  it('keeps the parts of a reply that the result repeats', () => {
    const conversation = after(started('Why?'), said('Let me look.\n'), tool('t1'), said('Because.'), ended({ text: 'Let me look.\n\nBecause.' }));
    expect(conversation.turns[0]?.parts).toHaveLength(3);
  });

  it('says of a session that Claude Code had lost that it was put back', () => {
    const recovered = { from: 'session-1', reason: 'its transcript was missing', by: 'copy' as const };
    const [turn] = after(started('Why?'), said('Because.'), ended({ text: 'Because.', recovered })).turns;
    expect(turn?.notice).toContain('its transcript was missing');
  });

  it('says for whom a turn waits, until it begins', () => {
    const conversation = Conversation.empty('session-1');
    conversation.apply(waiting('Why?'));
    expect(conversation.turns[0]?.waiting).toContain('Claude Code in a terminal (process 42)');
    expect(conversation.turns[0]?.prompt).toBe('Why?');
    expect(conversation.isRunning).toBe(true);
    conversation.apply(started('Why?'));
    expect(conversation.turns.map((turn) => turn.waiting)).toEqual([undefined]);
  });

  it('says of a turn that waited in vain why it did not begin', () => {
    const error = { kind: 'process', message: 'It is in use.', hint: '', retryable: true };
    const conversation = after(waiting('Why?'), ended({ stopReason: 'error', error }));
    expect(conversation.turns).toMatchObject([{ waiting: undefined, ended: { error } }]);
    expect(conversation.isRunning).toBe(false);
  });

  it('takes what another window does in it from the journal, until it is done', () => {
    const theirs = history(['a', 'One?', 'It beg']);
    theirs.turns.forEach((turn) => {
      turn.state = 'running';
      delete turn.stopReason;
    });
    const conversation = Conversation.empty('session-1');
    conversation.load(theirs);
    expect(conversation.runsElsewhere).toBe(true);
    conversation.apply(waiting('Two?', 'b'));
    conversation.load(history(['a', 'One?', 'It begins.']));
    expect(texts(conversation)).toEqual(['It begins.', '']);
    expect(conversation.runsElsewhere).toBe(false);
    expect(conversation.isRunning).toBe(true);
  });

  it('keeps that it was summarised, and what was seen of a fix', () => {
    const compacted = { beforeTokens: 150_000, afterTokens: 20_000, summary: 'They fixed mean().' };
    const verification = { state: 'still failing', attempts: 2, failure: '1 failed' } as const;
    const [turn] = after(started('Fix'), update({ kind: 'compacted', trigger: 'auto', ...compacted }), said('Done.'), ended({ text: 'Done.', verification })).turns;
    expect(turn).toMatchObject({ compacted, verification });
  });

  it('tells from the history what was seen of a fix', () => {
    const verification = { state: 'verified', command: 'pytest', attempts: 1 } as const;
    const { session, turns } = history(['a', 'Why?', 'Mended.']);
    const conversation = Conversation.empty('session-1');
    conversation.load({ session, turns: turns.map((turn) => ({ ...turn, verification })) });
    expect(conversation.turns[0]).toMatchObject({ verification });
  });

  it('knows a turn that was cut off, though another one runs now', () => {
    const { session, turns } = history(['a', 'One?', 'first'], ['b', 'Two?', 'sec']);
    for (const [index, turn] of turns.entries()) {
      turn.state = index === 0 ? 'interrupted' : 'running';
      delete turn.stopReason;
    }
    const conversation = Conversation.empty('session-1');
    conversation.load({ session: { ...session, state: 'running' }, turns });
    expect(conversation.turns.map(({ ended: end }) => end?.cutOff)).toEqual([true, undefined]);
    expect(conversation.turns[1]?.ended).toBeUndefined();
  });

  it('takes the result where the stream had it otherwise', () => {
    const conversation = after(started('Why?'), said('Bec'), tool('t1'), ended({ text: 'Because.' }));
    expect(conversation.turns[0]?.parts.map(({ type }) => type)).toEqual(['tool', 'text']);
    expect(texts(conversation)).toEqual(['Because.']);
  });

  it('keeps turns that run side by side apart', () => {
    const conversation = after(started('One?', 'a'), started('Two?', 'b'), said('first', 'a'), said('second', 'b'));
    expect(texts(conversation)).toEqual(['first', 'second']);
    expect(conversation.isRunning).toBe(true);
  });

  it('tells how a tool call fares, what it gave and what it changed', () => {
    const diff = { path: '/project/app.py', oldText: 'a', newText: 'b' };
    const [turn] = after(
      started('Look'),
      tool('t1'),
      tool('t2', 'Edit app.py', 'edit'),
      update({ kind: 'tool_call_update', toolCallId: 't1', status: 'completed', content: 'text' }),
      update({ kind: 'tool_call_update', toolCallId: 't2', status: 'failed', content: diff }),
    ).turns;
    const tools = turn?.parts.map((part) => part.type === 'tool' && part.tool);
    expect(tools).toMatchObject([
      { status: 'completed', output: 'text' },
      { status: 'failed', diff },
    ]);
  });

  it('has a finding once, as it was told last', () => {
    const conversation = after(
      started('Review'),
      update({ kind: 'finding', finding: finding() }),
      update({ kind: 'finding', finding: finding({ title: 'Off by two' }) }),
    );
    expect(conversation.turns[0]?.findings.map(({ title }) => title)).toEqual(['Off by two']);
  });

  it('tells of a retry until the reply goes on', () => {
    const retry = update({ kind: 'retry', attempt: 2, maxAttempts: 10, delayMs: 900, reason: 'Overloaded' });
    expect(after(started('Hi'), retry).turns[0]?.notice).toBe('Overloaded: trying again (2 of 10).');
    expect(after(started('Hi'), retry, said('Hello')).turns[0]?.notice).toBeUndefined();
  });

  it('ignores updates of a turn whose start it has not seen', () => {
    expect(after(said('late', 'unknown')).turns).toEqual([]);
  });

  it('ends what runs when the server is gone, and keeps what had come', () => {
    const conversation = after(started('Why?'), said('Bec'));
    conversation.interrupt();
    expect(conversation.isRunning).toBe(false);
    expect(texts(conversation)).toEqual(['Bec']);
  });

  it('goes on from a copy as from itself', () => {
    const copy = new Conversation(structuredClone(after(started('Why?'), said('Be')).snapshot));
    copy.apply(said('cause.'));
    expect(texts(copy)).toEqual(['Because.']);
  });
});

describe('a history that is loaded', () => {
  it('comes before what runs now, and does not show a turn twice', () => {
    const conversation = after(started('Now?', 'new'), said('Yes', 'new'));
    conversation.load(history(['old', 'Then?', 'No'], ['new', 'Now?', '']));
    conversation.apply(said(', now', 'new'));
    expect(conversation.turns.map((turn) => [turn.turnId, textOf(turn)])).toEqual([
      ['old', 'No'],
      ['new', 'Yes, now'],
    ]);
  });

  it('keeps a turn that began after the history was read', () => {
    const conversation = after(started('Now?', 'new'));
    conversation.load(history(['old', 'Then?', 'No']));
    expect(conversation.turns.map((turn) => turn.turnId)).toEqual(['old', 'new']);
  });

  it('tells what is news, unless that is not only at its end', () => {
    const conversation = Conversation.empty('session-1');
    conversation.load(history(['a', 'One?', 'Yes.'], ['c', 'Three?', 'No.']));
    const before = conversation.turns;
    expect(conversation.newsSince(before)).toEqual([]);
    conversation.load(history(['a', 'One?', 'Yes.'], ['c', 'Three?', 'No.'], ['d', 'Four?', 'So.']));
    expect(conversation.newsSince(before)?.map(({ turnId }) => turnId)).toEqual(['d']);
    conversation.load(history(['a', 'One?', 'Yes.'], ['b', 'Two?', 'Ah.'], ['c', 'Three?', 'No.']));
    expect(conversation.newsSince(before)).toBeUndefined();
  });
});
