// What stands where a conversation would: how to begin, or what is wrong and what to do about it.

import type { Surroundings, FromPanel } from '../src/panel/wire';
import { button, h, icon } from './dom';
import type { Host } from './host';

type Action = Extract<FromPanel, { type: 'run' }>['action'];

export class StateView {
  readonly element = h('div', { class: 'state' });
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  hide(): void {
    this.element.replaceChildren();
    this.element.hidden = true;
  }

  loading(): void {
    const lines = ['long', 'longer', 'short'].map((length) => h('div', { class: `skeleton ${length}` }));
    this.#show(h('div', { role: 'status', 'aria-label': 'Loading the conversation' }, ...lines));
  }

  failed(message: string): void {
    this.#show(h('h2', {}, icon('error'), 'The conversation could not be read'), h('p', {}, message), this.#offer('Try again', 'reload'), this.#offer('Show the log', 'log'));
  }

  serverStopped(): void {
    const words = 'The server is not running. What was said is kept; nothing is lost.';
    this.#show(
      h('h2', {}, icon('debug-disconnect'), 'Disconnected'),
      h('p', {}, words),
      this.#offer('Restart the server', 'restart', 'primary'),
      this.#offer('Show the log', 'log'),
    );
  }

  empty({ file, nothingOpen }: Surroundings): void {
    if (nothingOpen) {
      const words = 'Open a file or a folder: conversations belong to the code that they are about.';
      this.#show(h('h2', {}, 'Nothing is open'), h('p', {}, words), this.#offer('Open a file…', 'openFile', 'primary'));
      return;
    }
    const about = file ?? 'this workspace';
    const words = `Ask about ${about} below. The conversation stays with it: it is here again after a restart, or a month later.`;
    const review = file === undefined ? [] : [this.#offer(`Review ${file}`, 'review', 'primary')];
    this.#show(h('h2', {}, `No conversation about ${about} yet`), h('p', {}, words), ...review, this.#offer('Older sessions…', 'resume'));
  }

  #show(...content: Node[]): void {
    this.element.replaceChildren(...content);
    this.element.hidden = false;
  }

  #offer(text: string, action: Action, kind = 'secondary'): HTMLElement {
    return button({ text, kind }, () => {
      this.#host.say({ type: 'run', action });
    });
  }
}
