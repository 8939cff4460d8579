// Read-only Markdown documents of ours, shown in the editor's own preview: conversations, reports.

import * as vscode from 'vscode';

const SCHEME = 'claude-sidecar';
/** The built-in preview of Markdown, as an editor. */
const PREVIEW = 'vscode.markdown.preview.editor';
/** How often a preview is rendered anew while a reply streams in. */
const REFRESH_MS = 120;

export interface Diff {
  uri: string;
  oldText: string;
  newText: string;
}

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #shown = new Map<string, vscode.Uri>();
  readonly #texts = new Map<string, () => string>();
  readonly #due = new Map<string, NodeJS.Timeout>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString())?.() ?? 'This page is gone. Open it again from its command.';
  }

  /**
   * Show a page beside the editor, and leave the cursor where it is.
   *
   * @param name the page's own; its title is the one it was first shown with.
   * @param text gives its Markdown; asked again after each `refresh`.
   */
  async show(name: string, title: string, text: () => string): Promise<void> {
    const uri = this.#shown.get(name) ?? pageUri(name, title);
    this.#shown.set(name, uri);
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const pages = vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter((tab) => pageIn(tab) !== undefined));
    const open = pages.find((tab) => pageIn(tab)?.toString() === uri.toString());
    if (open?.isActive) {
      return; // opening it once more would take the focus
    }
    const viewColumn = (open ?? pages[0])?.group.viewColumn ?? vscode.ViewColumn.Beside;
    const place = { viewColumn, preserveFocus: true, preview: false };
    await vscode.commands.executeCommand('vscode.openWith', uri, PREVIEW, place);
  }

  /**
   * Show what an edit would change.
   *
   * @returns closes it again.
   */
  async showDiff(title: string, name: string, diff: Diff): Promise<() => Promise<void>> {
    const file = diff.uri.slice(diff.uri.lastIndexOf('/') + 1);
    const sides = (['oldText', 'newText'] as const).map((side) => {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}/${side}/${decodeURIComponent(file)}` });
      this.#texts.set(uri.toString(), () => diff[side]);
      return uri;
    });
    await vscode.commands.executeCommand('vscode.diff', ...sides, title, { preview: true, preserveFocus: true });
    return async () => {
      const ours = new Set(sides.map(String));
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      const shown = tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff && ours.has(input.modified.toString()));
      await vscode.window.tabGroups.close(shown, true);
      ours.forEach((side) => this.#texts.delete(side));
    };
  }

  /** Render a page anew, soon. */
  refresh(name: string): void {
    const uri = this.#shown.get(name);
    if (uri === undefined || this.#due.has(name)) {
      return;
    }
    const timer = setTimeout(() => {
      this.#due.delete(name);
      this.#changed.fire(uri);
    }, REFRESH_MS);
    this.#due.set(name, timer);
  }

  dispose(): void {
    for (const timer of this.#due.values()) {
      clearTimeout(timer);
    }
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

function pageIn({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputCustom && input.uri.scheme === SCHEME ? input.uri : undefined;
}

function pageUri(name: string, title: string): vscode.Uri {
  const file = `${title.replace(/[/\\?#]/g, ' ').trim()}.md`;
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}/${file}` });
}
