// The turns of a conversation. Each is rendered where it changed, once a frame; the end stays in sight
// as long as the reader is at the end.

import type { ShownTurn } from '../src/conversation';
import { button, h } from './dom';
import { Frames, type View } from './frames';
import type { Host } from './host';
import { TurnView, type TurnTools } from './turnView';

/** Pixels from the end that still count as being there. */
const NEAR = 24;

export class Transcript {
  readonly element = h('div', { class: 'transcript', tabindex: '0', role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation' });
  readonly toEnd: HTMLButtonElement;
  readonly frames: Frames;
  readonly #tools: TurnTools;
  readonly #views = new Map<string, TurnView>();
  readonly #changed = new Map<string, ShownTurn>();
  readonly #view: View = { work: () => this.#work() };
  #follows = true;

  constructor(host: Host, edit: TurnTools['edit']) {
    this.frames = new Frames(() => {
      this.#follow();
    });
    const code = {
      copy: (text: string): void => {
        host.say({ type: 'copy', text });
      },
      insert: (text: string): void => {
        host.say({ type: 'insert', text });
      },
      apply: (text: string): void => {
        host.say({ type: 'apply', text });
      },
    };
    this.#tools = { frames: this.frames, host, code, edit };
    this.toEnd = button({ label: 'To the end', icon: 'arrow-down', kind: 'to-end round secondary' }, () => {
      this.#follows = true;
      this.#follow();
    });
    this.toEnd.hidden = true;
    this.element.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.element;
      this.#follows = scrollHeight - scrollTop - clientHeight < NEAR;
      this.toEnd.hidden = this.#follows;
    }, { passive: true });
    new ResizeObserver(() => {
      this.#follow();
    }).observe(this.element);
    this.element.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link !== null) {
        event.preventDefault();
        host.say({ type: 'openLink', href: link.getAttribute('href') ?? '' });
      }
    });
  }

  /** Show these turns in place of all others. */
  show(turns: readonly ShownTurn[]): void {
    this.#views.clear();
    this.#changed.clear();
    this.element.replaceChildren();
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
    for (const [id, turn] of this.#changed) {
      const known = this.#views.get(id);
      if (known === undefined) {
        const view = new TurnView(turn, this.#tools);
        this.#views.set(id, view);
        this.element.append(view.element);
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
    }
  }
}
