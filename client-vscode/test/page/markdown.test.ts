// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Frames } from '../../webview/frames';
import { Markdown } from '../../webview/markdown';
import { StreamedText } from '../../webview/streamedText';

const ACTIONS = { copy: vi.fn(), insert: vi.fn(), apply: vi.fn() };

let frames: (() => void)[];

beforeEach(() => {
  frames = [];
  document.body.replaceChildren();
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.stubGlobal('requestIdleCallback', (idle: () => void) => frames.push(idle));
});

function paint(): void {
  while (frames.length > 0) {
    frames.shift()?.();
  }
}

function streamed(): StreamedText {
  const text = new StreamedText(new Frames(), ACTIONS);
  document.body.append(text.element);
  return text;
}

function rendered(markdown: string): HTMLElement {
  const element = document.createElement('div');
  document.body.append(element);
  element.append(new Markdown(ACTIONS).render(markdown, true));
  return element;
}

describe('Markdown from a model', () => {
  it.each([
    '<img src="https://nowhere.test/x" onerror="alert(1)">',
    '![x](https://nowhere.test/x)',
    '<script>alert(1)</script>',
    '<iframe src="https://nowhere.test"></iframe>',
    '<style>body { display: none }</style>',
    '<svg onload="alert(1)"></svg>',
    '```html" onclick="alert(1)\n<b>\n```',
  ])('brings no element that loads or runs something: %s', (markdown) => {
    const element = rendered(markdown);
    expect(element.querySelector('img, script, iframe, style, svg, object, embed, form')).toBeNull();
    expect([...element.querySelectorAll('*')].flatMap(({ attributes }) => [...attributes]).filter(({ name }) => name.startsWith('on'))).toEqual([]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'command:workbench.action.quit', 'vscode://x/y', 'file:///etc/passwd'])(
    'has no link to %s',
    (address) => {
      expect(rendered(`[x](${address})`).querySelector('a')).toBeNull();
    },
  );

  it('links to web pages and to files', () => {
    const links = [...rendered('[a](https://example.test) [b](src/app.py#L3)').querySelectorAll('a')];
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['https://example.test', 'src/app.py#L3']);
  });

  it('gives code its language, its colours, and what can be done with it', () => {
    const element = rendered('```python\nreturn 1\n```');
    expect(element.querySelector('.code-language')?.textContent).toBe('python');
    paint();
    expect(element.querySelector('.hljs-keyword')?.textContent).toBe('return');
    element.querySelector<HTMLButtonElement>('button[aria-label="Copy"]')?.click();
    expect(ACTIONS.copy).toHaveBeenCalledWith('return 1');
  });
});

describe('a reply that streams in', () => {
  const SAMPLE = '# Title\n\nText with `code`,\nand more.\n\n- one\n- two\n\n```ts\nconst a = 1;\n```\n\n> said\n\nThe [end][1].\n\n[1]: https://example.test\n';
  it.each([1, 7, 1000])('is in the end what the whole would be, in pieces of %i', (size) => {
    const text = streamed();
    for (let end = size; end < SAMPLE.length + size; end += size) {
      text.update(SAMPLE.slice(0, end), end >= SAMPLE.length);
      paint();
    }
    const whole = rendered(SAMPLE);
    paint();
    const plain = (element: Element | null): string => element?.innerHTML.replace(/\s+/g, ' ').trim() ?? '';
    expect(text.element.querySelector('a')?.getAttribute('href')).toBe('https://example.test');
    expect(plain(text.element.querySelector('.stretch'))).toBe(plain(whole));
  });

  it('shows an open fence as code before it is closed', () => {
    const text = streamed();
    text.update('Look:\n\n```ts\nconst a', false);
    paint();
    expect(text.element.querySelector('pre code')?.textContent).toBe('const a');
    text.update('Look:\n\n```ts\nconst a = 1;\n```\n', false);
    paint();
    expect(text.element.querySelectorAll('pre')).toHaveLength(1);
    expect(text.element.querySelector('.hljs-keyword')?.textContent).toBe('const');
  });

  it.each([
    ['a list', '- an **item**\n', 'li strong'],
    ['a table', '| one | **two** |\n', 'tbody strong'],
    ['a paragraph', 'So it is **said**. ', 'p strong'],
  ])('formats %s that grows long, and renders its beginning once', (_, unit, formatted) => {
    const head = unit.startsWith('|') ? '| a | b |\n| --- | --- |\n' : '';
    const text = streamed();
    text.update(head + unit.repeat(400), false);
    paint();
    const first = text.element.querySelector(formatted);
    text.update(head + unit.repeat(450), false);
    paint();
    expect(text.element.querySelector(formatted)).toBe(first);
    expect(text.element.querySelectorAll(formatted)).toHaveLength(450);
    expect(text.element.querySelector('.long')).toBeNull();
    expect(text.element.querySelectorAll('thead').length - text.element.querySelectorAll('.continued thead').length).toBe(head === '' ? 0 : 1);
  });

  it('does not render again what is finished', () => {
    const text = streamed();
    text.update('First.\n\nSec', false);
    paint();
    const first = text.element.querySelector('p');
    text.update('First.\n\nSecond.\n\nThird', false);
    paint();
    expect(text.element.querySelector('p')).toBe(first);
    expect(text.element.querySelectorAll('p')).toHaveLength(3);
  });

  it('leaves out of sight what is full, once it was laid out', () => {
    const text = streamed();
    const blocks = Array.from({ length: 60 }, (_, index) => `Block ${index}.\n\n`);
    text.update(blocks.join(''), false);
    const states = (): boolean[] => [...text.element.children].map((stretch) => stretch.classList.contains('past'));
    frames.shift()?.();
    expect(states()).not.toContain(true);
    paint();
    text.update(`${blocks.join('')}More`, false);
    paint();
    expect(states()).toEqual([true, true, false]);
    expect([...text.element.querySelectorAll('p')].map((block) => `${block.textContent}\n\n`).slice(0, 60)).toEqual(blocks);
  });
});
