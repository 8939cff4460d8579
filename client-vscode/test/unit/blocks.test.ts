import { describe, expect, it } from 'vitest';

import { Blocks, type Block } from '../../webview/blocks';

const SAMPLE = [
  '# Title\n\n',
  'A paragraph\nof two lines.\n\n',
  '- one\n- two\n\n  still two\n\n',
  '```python\nx = 1\n\n# not a heading\n```\n\n',
  '| a | b |\n| --- | --- |\n| 1 | 2 |\n\n',
  'The end.',
].join('');

function streamed(text: string, size: number): string[] {
  const blocks = new Blocks();
  const finished: Block[] = [];
  for (let start = 0; start < text.length; start += size) {
    finished.push(...blocks.append(text.slice(start, start + size)));
  }
  return [...finished, ...blocks.finish()].map(({ text: block }) => block.trim()).filter((block) => block !== '');
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join('');
}

describe('a reply that streams in', () => {
  it.each([1, 2, 3, 7, 30, 1000])('is cut into the same blocks by pieces of %i', (size) => {
    expect(streamed(SAMPLE, size)).toEqual([
      '# Title',
      'A paragraph\nof two lines.',
      '- one\n- two\n\n  still two',
      '```python\nx = 1\n\n# not a heading\n```',
      '| a | b |\n| --- | --- |\n| 1 | 2 |',
      'The end.',
    ]);
  });

  it.each([1, 5, 1000])('loses nothing in pieces of %i', (size) => {
    const blocks = new Blocks();
    let all = '';
    for (let start = 0; start < SAMPLE.length; start += size) {
      all += textOf(blocks.append(SAMPLE.slice(start, start + size)));
    }
    expect(all + textOf(blocks.finish())).toBe(SAMPLE);
  });

  it('knows an open fence, its language and its code so far', () => {
    const blocks = new Blocks();
    blocks.append('Look:\n\n```ts title="a"\nconst a = 1;\n');
    expect(blocks.open.fence).toEqual({ language: 'ts', code: 'const a = 1;\n' });
    blocks.append('``');
    expect(blocks.open.fence?.code).toBe('const a = 1;\n``');
    expect(textOf(blocks.append('`\n'))).toBe('```ts title="a"\nconst a = 1;\n```\n');
    expect(blocks.open.text).toBe('');
  });

  it('does not take a fence within a longer one for its end', () => {
    const blocks = new Blocks();
    blocks.append('````md\n```\ninner\n```\n');
    expect(blocks.open.fence?.code).toBe('```\ninner\n```\n');
  });
});

const TABLE = ['| a | b |\n| --- | --- |\n', ...many('| one | two |\n', 350)];

function many(unit: string, times: number): string[] {
  return Array.from({ length: times }, () => unit);
}

describe('a block that grows long', () => {
  it.each([
    ['a list', many('- an item\n', 500)],
    ['a loose list', many('1. an item\n\n   and more of it\n\n', 250)],
    ['a table', TABLE],
    ['a quotation', many('> said\n>\n', 600)],
    ['code', many('    x = 1\n', 500)],
    ['a paragraph of lines', many('A line with `code` in it\n', 300)],
    ['a paragraph of sentences', many('A sentence with **weight** (and more). ', 200)],
  ])('is parted where it may be, and loses nothing: %s', (_, pieces) => {
    const blocks = new Blocks();
    const finished = pieces.flatMap((piece) => {
      const added = blocks.append(piece);
      expect(blocks.open.text.length).toBeLessThanOrEqual(4_500);
      return added;
    });
    expect(finished.length).toBeGreaterThan(0);
    const all = [...finished, ...blocks.finish()];
    expect(textOf(all)).toBe(pieces.join(''));
    expect(all.map(({ continues }) => continues)).toEqual(all.map((_each, index) => index > 0));
  });

  it.each([1, 2, 3, 4, 5, 6])('loses nothing among others, in pieces of any size: %i', (seed) => {
    const kinds = ['- an item\n', '| a | b |\n| - | - |\n| 1 | 2 |\n', '> said\n', 'So **it** is [so](x). ', '    x = 1\n', '\n\n', '```\ny\n```\n', '1. one\n'];
    let state = seed;
    const next = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const text = Array.from({ length: 12 }, () => (kinds[next(kinds.length)] ?? '').repeat(1 + next(600))).join('');
    const blocks = new Blocks();
    let all = '';
    for (let start = 0; start < text.length; ) {
      const end = start + 1 + next(3_000);
      all += textOf(blocks.append(text.slice(start, end)));
      start = end;
    }
    expect(all + textOf(blocks.finish()) === text).toBe(true);
  });

  it('has the head of its table with each part', () => {
    const blocks = new Blocks();
    const heads = [...blocks.append(TABLE.join('')), ...blocks.finish()].map(({ head }) => head);
    expect(heads).toEqual(['', '| a | b |\n| --- | --- |\n']);
  });

  it('is whole again after it', () => {
    const blocks = new Blocks();
    blocks.append('- an item\n'.repeat(900));
    blocks.append('\nA paragraph.\n\n# A title\n');
    expect(blocks.open).toEqual({ text: '# A title\n', continues: false, head: '', fence: undefined });
  });

  it('is not parted within what a sentence has opened', () => {
    const blocks = new Blocks();
    expect(blocks.append(`It has **weight. And more. ${'So on. '.repeat(900)}`)).toEqual([]);
  });
});
