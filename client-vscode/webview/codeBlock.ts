// A block of code with its language and what can be done with it. Colours come when it is finished and
// there is nothing else to do, in pieces that each take a fraction of a frame.

import hljs from 'highlight.js/lib/common';

import { button, h } from './dom';
import type { Host } from './host';

export interface CodeActions {
  copy(text: string): void;
  insert(text: string): void;
  apply(text: string): void;
}

/** What is done is the extension's work. */
export function codeActions(host: Host): CodeActions {
  const telling = (type: keyof CodeActions) => (text: string): void => {
    host.say({ type, text });
  };
  return { copy: telling('copy'), insert: telling('insert'), apply: telling('apply') };
}

/** Characters that are coloured in one go. */
const PIECE = 6_000;
/** Longer code stays plain. */
const MOST = 200_000;

export class CodeBlock {
  readonly element: HTMLElement;
  readonly #code = h('code', {});
  readonly #language: string;
  #text = '';

  constructor(language: string, actions: CodeActions) {
    this.#language = language;
    const actionButtons = h(
      'span',
      { class: 'code-actions' },
      button({ label: 'Copy', icon: 'copy' }, () => {
        actions.copy(this.#text);
      }),
      button({ label: 'Insert at cursor', icon: 'insert' }, () => {
        actions.insert(this.#text);
      }),
      button({ label: 'Apply to the file…', icon: 'git-pull-request-go-to-changes' }, () => {
        actions.apply(this.#text);
      }),
    );
    const head = h('div', { class: 'code-head' }, h('span', { class: 'code-language' }, language || 'text'), actionButtons);
    const scroller = h('pre', { tabindex: '0', role: 'group', 'aria-label': `Code, ${language || 'text'}` }, this.#code);
    this.element = h('div', { class: 'code-block' }, head, scroller);
  }

  get length(): number {
    return this.#text.length;
  }

  append(text: string): void {
    this.#text += text;
    this.#code.append(text);
  }

  /** Colour it when there is time, piece by piece. */
  highlight(): void {
    if (hljs.getLanguage(this.#language) === undefined || this.#text.length > MOST) {
      return;
    }
    const plain = piecesOf(this.#text).map((piece) => document.createTextNode(piece));
    this.#code.replaceChildren(...plain);
    const next = (): void => {
      const node = plain.shift();
      if (node?.isConnected) {
        node.replaceWith(coloured(node.data, this.#language));
        requestIdleCallback(next);
      }
    };
    requestIdleCallback(next);
  }
}

/** highlight.js gives spans with classes, and all else escaped. */
function coloured(text: string, language: string): DocumentFragment {
  const { value } = hljs.highlight(text, { language, ignoreIllegals: true });
  const parsed = new DOMParser().parseFromString(value, 'text/html');
  const fragment = document.createDocumentFragment();
  fragment.append(...parsed.body.childNodes);
  return fragment;
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const wanted = start + PIECE;
    const end = wanted >= text.length ? text.length : text.lastIndexOf('\n', wanted) + 1;
    const to = end > start ? end : Math.min(wanted, text.length);
    pieces.push(text.slice(start, to));
    start = to;
  }
  return pieces;
}
