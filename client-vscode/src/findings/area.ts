// All about findings, put together: what is known of them, where they are shown, what is done with them.

import type { Disposable } from 'vscode';

import type { SessionUpdate } from '../protocol';
import type { Server } from '../server';
import { FindingCommands } from './commands';
import { FindingsFeed } from './feed';
import { KnownFindings } from './known';
import { FindingThreads } from './threads';
import { FindingsTree } from './tree';

export class FindingsArea implements Disposable {
  readonly tree: FindingsTree;
  readonly commands: FindingCommands;
  readonly #threads: FindingThreads;
  readonly #feed: FindingsFeed;

  constructor(server: Server) {
    const known = new KnownFindings();
    this.#threads = new FindingThreads(known);
    this.#feed = new FindingsFeed(server, known);
    this.tree = new FindingsTree(known);
    this.commands = new FindingCommands(server, known, this.#threads);
  }

  apply(update: SessionUpdate): void {
    this.#feed.apply(update);
  }

  dispose(): void {
    [this.#feed, this.tree, this.#threads].forEach((each) => {
      each.dispose();
    });
  }
}
