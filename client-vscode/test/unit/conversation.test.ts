import { describe, expect, it } from 'vitest';

import { Conversation } from '../../src/conversation';
import { conversationMarkdown } from '../../src/conversationMarkdown';
import type { SessionUpdate } from '../../src/protocol';
import { ended, finding, history, said, started, update } from './build';

function after(...updates: SessionUpdate[]): Conversation {
  const conversation = new Conversation('session-1');
  updates.forEach((each) => {
    conversation.apply(each);
  });
  return conversation;
}

describe('a conversation', () => {
  it('shows a reply as it streams in, and what was asked', () => {
    const markdown = conversationMarkdown(after(started('Why twice?'), said('Because '), said('of the retry.')));
    expect(markdown).toContain('> Why twice?');
    expect(markdown).toContain('Because of the retry.');
    expect(markdown).toContain('*…*');
  });

  it('ends with the result, which is the whole reply', () => {
    const conversation = after(started('Why?'), said('Bec'), ended({ text: 'Because.' }));
    const markdown = conversationMarkdown(conversation);
    expect(markdown).toContain('\nBecause.\n');
    expect(markdown).toContain('*$0.0100*');
    expect(markdown).not.toContain('*…*');
  });

  it('keeps turns that run side by side apart', () => {
    const conversation = after(started('One?', 'a'), started('Two?', 'b'), said('first', 'a'), said('second', 'b'));
    expect(conversation.turns.map((turn) => [turn.prompt, turn.text])).toEqual([
      ['One?', 'first'],
      ['Two?', 'second'],
    ]);
  });

  it('shows the latest turn first', () => {
    const markdown = conversationMarkdown(after(started('One?', 'a'), ended({}, 'a'), started('Two?', 'b')));
    expect(markdown.indexOf('Two?')).toBeLessThan(markdown.indexOf('One?'));
  });

  it('goes by the name of its file', () => {
    const turn = { kind: 'ask' as const, prompt: 'Why?', uri: 'file:///projects/a%20b.py' };
    expect(after(update({ kind: 'turn_started', turn, resumed: false })).about).toBe('a b.py');
  });

  it('marks how each tool call fares, until the turn ends', () => {
    const conversation = after(
      started('Look'),
      update({ kind: 'tool_call', toolCallId: 't1', title: 'Read app.py' }),
      update({ kind: 'tool_call', toolCallId: 't2', title: 'Run tests' }),
      update({ kind: 'tool_call_update', toolCallId: 't1', status: 'completed' }),
    );
    expect(conversationMarkdown(conversation)).toContain('- ● Read app.py\n- ◐ Run tests');
    conversation.apply(ended());
    expect(conversationMarkdown(conversation)).not.toContain('Run tests');
  });

  it('gives the line of a finding, counted from 1', () => {
    const conversation = after(started('Review'), update({ kind: 'finding', finding: finding() }));
    expect(conversationMarkdown(conversation)).toContain('- **warning** app.py:7 Off by one');
  });

  it('says why a turn failed and what to do', () => {
    const error = { kind: 'authentication', message: 'Not logged in.', hint: 'Run claude login.', retryable: false };
    const markdown = conversationMarkdown(after(started('Hi'), ended({ stopReason: 'error', error })));
    expect(markdown).toContain('**Not logged in. Run claude login.**');
  });

  it('tells of a retry until the reply goes on', () => {
    const retry = update({ kind: 'retry', attempt: 2, maxAttempts: 10, delayMs: 900, reason: 'Overloaded' });
    expect(conversationMarkdown(after(started('Hi'), retry))).toContain('*Overloaded: trying again (2 of 10).*');
    expect(conversationMarkdown(after(started('Hi'), retry, said('Hello')))).not.toContain('trying again');
  });

  it('ignores updates of a turn whose start it has not seen', () => {
    expect(after(said('late', 'unknown')).turns).toEqual([]);
  });
});

describe('a history that is loaded', () => {
  it('comes before what runs now, and does not show a turn twice', () => {
    const conversation = after(started('Now?', 'new'), said('Yes', 'new'));
    conversation.load(history(['old', 'Then?', 'No'], ['new', 'Now?', '']));
    conversation.apply(said(', now', 'new'));
    expect(conversation.turns.map((turn) => [turn.turnId, turn.text])).toEqual([
      ['old', 'No'],
      ['new', 'Yes, now'],
    ]);
    expect(conversationMarkdown(conversation)).toMatch(/^# Review of app.py\n/);
  });

  it('keeps a turn that began after the history was read', () => {
    const conversation = after(started('Now?', 'new'));
    conversation.load(history(['old', 'Then?', 'No']));
    expect(conversation.turns.map((turn) => turn.turnId)).toEqual(['old', 'new']);
  });
});
