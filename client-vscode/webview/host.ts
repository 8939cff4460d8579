// The extension, as the page sees it: what can be said to it, and what the page keeps over a reload.

import type { FromPanel, Attachment } from '../src/panel/wire';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What is kept while the page is hidden or the window reloads. */
export interface Kept {
  draft: string;
  attachments: Attachment[];
}

export class Host {
  readonly #api = acquireVsCodeApi();

  say(message: FromPanel): void {
    this.#api.postMessage(message);
  }

  get kept(): Kept {
    const state = this.#api.getState() as Partial<Kept> | undefined;
    return { draft: state?.draft ?? '', attachments: state?.attachments ?? [] };
  }

  keep(kept: Kept): void {
    this.#api.setState(kept);
  }
}
