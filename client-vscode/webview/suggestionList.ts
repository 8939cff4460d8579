// The list that opens over the composer; the text keeps the focus, as in the editor.

import type { Suggestion } from '../src/panel/wire';
import { h, icon } from './dom';

export class SuggestionList {
  readonly element = h('ul', { id: 'suggestions', class: 'suggestions', role: 'listbox', 'aria-label': 'Suggestions', tabindex: '0', hidden: true });
  readonly #choose: (suggestion: Suggestion) => void;
  #suggestions: readonly Suggestion[] = [];
  #active = 0;

  constructor(choose: (suggestion: Suggestion) => void) {
    this.#choose = choose;
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** The id of the one that Enter would take. */
  get activeId(): string | undefined {
    return this.isOpen ? `suggestion-${this.#active}` : undefined;
  }

  show(suggestions: readonly Suggestion[]): void {
    this.#suggestions = suggestions;
    this.#active = 0;
    this.element.replaceChildren(
      ...suggestions.map((suggestion, index) => {
        const { label, detail, icon: name } = suggestion;
        const item = h('li', { id: `suggestion-${index}`, role: 'option' }, icon(name), h('span', {}, label), h('span', { class: 'muted' }, detail));
        item.addEventListener('mousedown', (event) => {
          event.preventDefault(); // the text keeps the focus
          this.#choose(suggestion);
        });
        return item;
      }),
    );
    this.element.hidden = suggestions.length === 0;
    this.#mark();
  }

  /** @returns whether the key was for the list. */
  key(key: string): boolean {
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        const step = key === 'ArrowDown' ? 1 : this.#suggestions.length - 1;
        this.#active = (this.#active + step) % this.#suggestions.length;
        this.#mark();
        return true;
      }
      case 'Enter':
      case 'Tab': {
        const suggestion = this.#suggestions[this.#active];
        if (suggestion !== undefined) {
          this.#choose(suggestion);
        }
        return true;
      }
      case 'Escape':
        this.show([]);
        return true;
      default:
        return false;
    }
  }

  #mark(): void {
    for (const [index, item] of [...this.element.children].entries()) {
      item.setAttribute('aria-selected', String(index === this.#active));
      if (index === this.#active) {
        item.scrollIntoView({ block: 'nearest' });
      }
    }
  }
}
