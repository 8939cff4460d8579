// The panel as a view of the editor. The page is made anew whenever the view is shown again; it says when it
// is ready to be told everything.

import * as vscode from 'vscode';

import { VIEW } from '../names';
import { panelHtml } from './html';
import { fromPanel, type FromPanel, type ToPanel } from './wire';

export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #said = new vscode.EventEmitter<FromPanel>();
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | undefined;
  #ready = false;
  #waiting: ToPanel[] = [];
  readonly onSaid = this.#said.event;

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
    this.#registration = vscode.window.registerWebviewViewProvider(VIEW.panel, this);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#ready = false;
    const out = vscode.Uri.joinPath(this.#extension, 'out');
    const address = (file: string): string => view.webview.asWebviewUri(vscode.Uri.joinPath(out, file)).toString();
    view.webview.options = { enableScripts: true, localResourceRoots: [out] };
    view.webview.onDidReceiveMessage((message: unknown) => {
      const said = fromPanel(message);
      if (said?.type === 'ready') {
        this.#becomeReady();
      }
      if (said !== undefined) {
        this.#said.fire(said);
      }
    });
    view.onDidChangeVisibility(() => {
      this.#ready &&= view.visible;
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#ready = false;
    });
    view.webview.html = panelHtml({
      cspSource: view.webview.cspSource,
      script: address('panel.js'),
      style: address('panel-style.css'),
      nonce: crypto.randomUUID().replaceAll('-', ''),
    });
  }

  get isVisible(): boolean {
    return this.#view?.visible ?? false;
  }

  /** What stands beside the view's title. */
  set description(words: string) {
    if (this.#view !== undefined) {
      this.#view.description = words;
    }
  }

  /** Tell the page something; while there is none, it is nothing: the page asks for all of it when it comes. */
  say(message: ToPanel): void {
    if (this.#ready) {
      void this.#view?.webview.postMessage(message);
    }
  }

  /** Show the panel, and when its page is there, go to a place in it. */
  async focus(message: ToPanel): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW.panel}.focus`);
    if (this.#ready) {
      this.say(message);
    } else {
      this.#waiting.push(message);
    }
  }

  /** Show the panel, and leave the cursor where it is. */
  async show(): Promise<void> {
    if (this.#view !== undefined) {
      this.#view.show(true);
    } else {
      await vscode.commands.executeCommand(`${VIEW.panel}.focus`);
      await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    }
  }

  #becomeReady(): void {
    this.#ready = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    queueMicrotask(() => {
      waiting.forEach((message) => {
        this.say(message);
      });
    });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#said.dispose();
  }
}
