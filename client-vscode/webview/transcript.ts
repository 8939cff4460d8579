// The turns of a conversation. Each is rendered where it changed, once a frame; the end stays in sight
// as long as the reader is at the end.
//
// Sizes are read only when the browser has just laid the page out, by its observer of sizes, never in
// between: then reading them is free, and what is rendered in a frame is laid out once.

import type { ShownTurn } from '../src/shownTurn';
import { codeActions } from './codeBlock';
import { button, h } from './dom';
import { Frames, type View } from './frames';
import type { Host } from './host';
import { tellsLinks } from './markdown';
import { TurnView, type TurnTools } from './turnView';

/** Pixels from the end that still count as being there. */
const NEAR = 24;

export class Transcript {
  readonly element = h('div', { class: 'transcript', tabindex: '0', role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation' });
  readonly toEnd: HTMLButtonElement;
  readonly frames = new Frames();
  readonly #turns = h('div', {});
  readonly #tools: TurnTools;
  readonly #views = new Map<string, TurnView>();
  readonly #changed = new Map<string, ShownTurn>();
  readonly #view: View = { work: () => this.#work() };
  #follows = true;
  /** Where the end was when it was last shown. */
  #end = 0;

  constructor(host: Host, edit: TurnTools['edit']) {
    this.#tools = { frames: this.frames, host, code: codeActions(host), edit };
    this.toEnd = button({ label: 'To the end', icon: 'arrow-down', kind: 'to-end round secondary' }, () => {
      this.#follows = true;
      this.#follow();
    });
    this.toEnd.hidden = true;
    this.element.append(this.#turns);
    this.element.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.element;
      const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
      // What has come since the end was shown does not mean that the reader has gone up.
      this.#follows = isNear || (this.#follows && scrollTop >= this.#end);
      this.toEnd.hidden = this.#follows;
      // Where the reader is elsewhere, what is laid out late above does not move what is read.
      this.element.classList.toggle('anchored', !this.#follows);
    }, { passive: true });
    const sizes = new ResizeObserver(() => {
      this.#follow();
    });
    sizes.observe(this.element);
    sizes.observe(this.#turns);
    tellsLinks(this.element, host);
  }

  /** Show these turns in place of all others. */
  show(turns: readonly ShownTurn[]): void {
    this.#views.clear();
    this.#changed.clear();
    this.#turns.replaceChildren();
    this.#follows = true;
    turns.forEach((turn) => {
      this.update(turn);
    });
  }

  /** A turn is new or has changed. */
  update(turn: ShownTurn): void {
    this.#changed.set(turn.turnId, turn);
    this.frames.request(this.#view);
  }

  #work(): boolean {
    const earlier = [...this.#views.values()];
    for (const [id, turn] of this.#changed) {
      const known = this.#views.get(id);
      if (known === undefined) {
        const view = new TurnView(turn, this.#tools);
        this.#views.set(id, view);
        this.#turns.append(view.element);
        earlier.forEach(({ element }) => {
          element.classList.add('past');
        });
      } else {
        known.update(turn);
      }
    }
    this.#changed.clear();
    return false;
  }

  #follow(): void {
    if (this.#follows) {
      this.element.scrollTop = this.element.scrollHeight;
      this.#end = this.element.scrollTop;
    }
  }
}
