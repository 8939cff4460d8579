import { describe, expect, it } from 'vitest';

import { PromptHistory, attachmentName, composed, slashCommand, triggerAt, typed } from '../../src/panel/prompt';

describe('what is typed', () => {
  it.each([
    ['/rev', 4, { kind: 'slash', query: 'rev', start: 0 }],
    ['@led', 4, { kind: 'mention', query: 'led', start: 0 }],
    ['see @src/a', 10, { kind: 'mention', query: 'src/a', start: 4 }],
    ['@', 1, { kind: 'mention', query: '', start: 0 }],
    ['see @src/a and', 14, undefined],
    ['me@example', 10, undefined],
    ['a /rev', 6, undefined],
    ['/etc/hosts', 10, undefined],
    ['', 0, undefined],
  ])('%s is completed at %i as it says', (text, caret, trigger) => {
    expect(triggerAt(text, caret)).toEqual(trigger);
  });

  it.each([
    ['/review', { name: 'review', rest: '' }],
    ['/review  for races\nand leaks ', { name: 'review', rest: 'for races\nand leaks' }],
    ['/nothing', undefined],
    ['/etc/hosts', undefined],
    ['review', undefined],
  ])('%s is a command or is not', (text, command) => {
    expect(slashCommand(text)).toEqual(command);
  });
});

describe('what is attached', () => {
  it('is named by its lines, as people count them', () => {
    expect(attachmentName({ uri: '', name: 'a.py', startLine: 2, endLine: 2 })).toBe('a.py:3');
    expect(attachmentName({ uri: '', name: 'a.py', startLine: 2, endLine: 6 })).toBe('a.py:3-7');
  });

  it('stands in a fence that it cannot close', () => {
    const prompt = composed('Why?', [{ name: 'a.md:1', text: '````\ninner\n````', language: 'markdown' }]);
    expect(prompt).toBe('Why?\n\n`a.md:1`:\n\n`````markdown\n````\ninner\n````\n`````');
  });

  it('is left out where the prompt is called back', () => {
    const prompt = composed('Why?\n\nIndeed.', [{ name: 'a.py:1-2', text: 'x\n`y`', language: 'python' }]);
    expect(typed(prompt)).toBe('Why?\n\nIndeed.');
    expect(typed('Why `a.py:1`?')).toBe('Why `a.py:1`?');
  });

  it('is nothing to a prompt without any', () => {
    expect(composed('Why?', [])).toBe('Why?');
  });
});

describe('the history of prompts', () => {
  it('goes back and forth, and keeps what was being typed', () => {
    const history = new PromptHistory(['one', 'two', 'one']);
    expect(history.previous('draft')).toBe('one');
    expect(history.previous('one')).toBe('two');
    expect(history.previous('two')).toBeUndefined();
    expect(history.next()).toBe('one');
    expect(history.next()).toBe('draft');
    expect(history.next()).toBeUndefined();
  });

  it('begins at what was sent last', () => {
    const history = new PromptHistory(['one']);
    history.add('two');
    expect(history.previous('')).toBe('two');
  });
});
