// Markdown from a model, as elements that can do no harm: no HTML of its own, no images, no style,
// and links that only tell the extension that they were clicked.

import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

import { CodeBlock, type CodeActions } from './codeBlock';
import { language } from './blocks';
import type { Host } from './host';

const ALLOWED_TAGS = [
  ...['a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 's'],
  ...['strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
];
const ALLOWED_ATTR = ['href', 'title', 'start', 'data-language'];
/** Web pages, and files by their path. Whatever else there is, `javascript:` say, stays text. */
const ALLOWED_LINKS = /^(?:https?:\/\/|mailto:|(?![a-z][a-z0-9+.-]*:))/i;

const parser = new MarkdownIt({ html: false, linkify: false });
parser.disable('image');
parser.validateLink = (url) => ALLOWED_LINKS.test(url);
parser.renderer.rules['fence'] = (tokens, index) => {
  const token = tokens[index];
  const escaped = parser.utils.escapeHtml(token?.content ?? '');
  return `<pre data-language="${parser.utils.escapeHtml(language(token?.info ?? ''))}"><code>${escaped}</code></pre>`;
};

/** Clicks on links in an element are told. */
export function tellsLinks(element: HTMLElement, host: Host): void {
  element.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link !== null) {
      event.preventDefault();
      host.say({ type: 'openLink', href: link.getAttribute('href') ?? '' });
    }
  });
}

export class Markdown {
  readonly #actions: CodeActions;
  /** The targets of `[links][like this]`, which may stand in another block. */
  readonly #references: Record<string, { title: string; href: string }> = {};

  constructor(actions: CodeActions) {
    this.#actions = actions;
  }

  /** How many targets of links are known by now. */
  get targets(): number {
    return Object.keys(this.#references).length;
  }

  /** @param isWhole of a block that still grows, code is not coloured and targets of links are not believed. */
  render(markdown: string, isWhole: boolean): DocumentFragment {
    const references = isWhole ? this.#references : { ...this.#references };
    const fragment = DOMPurify.sanitize(parser.render(markdown, { references }), {
      ...{ ALLOWED_TAGS, ALLOWED_ATTR, ALLOWED_URI_REGEXP: ALLOWED_LINKS, ALLOW_DATA_ATTR: false },
      RETURN_DOM_FRAGMENT: true,
    });
    for (const pre of fragment.querySelectorAll('pre')) {
      const code = new CodeBlock(pre.dataset['language'] ?? '', this.#actions);
      code.append(pre.textContent.replace(/\n$/, ''));
      if (isWhole) {
        code.highlight();
      }
      pre.replaceWith(code.element);
    }
    for (const table of fragment.querySelectorAll('table')) {
      const scroller = document.createElement('div');
      scroller.className = 'scroller';
      scroller.tabIndex = 0;
      scroller.setAttribute('role', 'group');
      scroller.setAttribute('aria-label', 'Table');
      table.replaceWith(scroller);
      scroller.append(table);
    }
    return fragment;
  }
}
