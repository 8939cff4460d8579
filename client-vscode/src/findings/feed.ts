// Keeps the known findings in step with the server: all of them when it starts, those of a file when its
// diagnostics are others, and each as it is reported.

import * as vscode from 'vscode';

import type { Finding, SessionUpdate } from '../protocol';
import type { Server } from '../server';
import type { KnownFindings } from './known';

const SOURCE = 'claude';
/** Diagnostics come in bursts, while one types. */
const PAUSE_MS = 150;

export class FindingsFeed implements vscode.Disposable {
  readonly #server: Server;
  readonly #known: KnownFindings;
  readonly #subscriptions: vscode.Disposable[];
  readonly #stale = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, known: KnownFindings) {
    this.#server = server;
    this.#known = known;
    this.#subscriptions = [
      server.onStateChanged((state) => {
        if (state === 'running') {
          void this.refresh();
        }
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        this.#diagnosticsChanged(uris);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
    ];
  }

  apply({ update }: SessionUpdate): void {
    if (update.kind === 'finding') {
      this.#known.put(update.finding);
    }
  }

  /** Ask for all findings of the folders that are open. */
  async refresh(): Promise<void> {
    await this.#asked(async () => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const lists = await Promise.all(folders.map(({ uri }) => this.#list({ workspace: uri.toString() })));
      this.#known.replace(lists.flat());
    });
  }

  #diagnosticsChanged(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const ours = vscode.languages.getDiagnostics(uri).some(({ source }) => source === SOURCE);
      if (ours || this.#known.open(uri.toString()).length > 0) {
        this.#stale.add(uri.toString());
      }
    }
    if (this.#stale.size > 0) {
      this.#timer ??= setTimeout(() => void this.#catchUp(), PAUSE_MS);
    }
  }

  async #catchUp(): Promise<void> {
    this.#timer = undefined;
    const uris = [...this.#stale];
    this.#stale.clear();
    await this.#asked(async () => {
      for (const uri of uris) {
        this.#known.replace(await this.#list({ uri }), uri);
      }
    });
  }

  async #list(which: { workspace: string } | { uri: string }): Promise<Finding[]> {
    const { findings } = await this.#server.execute('findingList', which);
    // An editor spells URIs its own way: what it opens must be what it knows.
    return findings.map((finding) => ({ ...finding, uri: vscode.Uri.parse(finding.uri).toString() }));
  }

  /** A server that is gone tells all again when it is back. */
  async #asked(asking: () => Promise<void>): Promise<void> {
    try {
      await asking();
    } catch (error) {
      this.#server.log.debug(`The findings are not known: ${String(error)}`);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.forEach((each) => void each.dispose());
  }
}
