import { describe, expect, it } from 'vitest';

import { Blocks } from '../../webview/blocks';

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
  const finished: string[] = [];
  for (let start = 0; start < text.length; start += size) {
    finished.push(...blocks.append(text.slice(start, start + size)));
  }
  return [...finished, ...blocks.finish()].filter((block) => block.trim() !== '').map((block) => block.trim());
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
      all += blocks.append(SAMPLE.slice(start, start + size)).join('');
    }
    expect(all + blocks.finish().join('')).toBe(SAMPLE);
  });

  it('knows an open fence, its language and its code so far', () => {
    const blocks = new Blocks();
    blocks.append('Look:\n\n```ts title="a"\nconst a = 1;\n');
    expect(blocks.open.fence).toEqual({ language: 'ts', code: 'const a = 1;\n' });
    blocks.append('``');
    expect(blocks.open.fence?.code).toBe('const a = 1;\n``');
    expect(blocks.append('`\n')).toEqual(['```ts title="a"\nconst a = 1;\n```\n']);
    expect(blocks.open.text).toBe('');
  });

  it('does not take a fence within a longer one for its end', () => {
    const blocks = new Blocks();
    blocks.append('````md\n```\ninner\n```\n');
    expect(blocks.open.fence?.code).toBe('```\ninner\n```\n');
  });
});
