// Each open finding as a comment thread on its code. What one replies goes to Claude, with the finding.

import * as vscode from 'vscode';

import { harmless } from '../harmless';
import type { Finding } from '../protocol';
import type { KnownFindings } from './known';
import { findingLabel, findingMarkdown } from './wording';

export const CONTROLLER = 'claudeSidecar.findings';

interface Shown {
  thread: vscode.CommentThread;
  finding: Finding;
  /** What was said under it in this window. */
  said: vscode.Comment[];
}

export class FindingThreads implements vscode.Disposable {
  readonly #known: KnownFindings;
  readonly #controller = vscode.comments.createCommentController(CONTROLLER, 'Claude');
  readonly #shown = new Map<string, Shown>();
  readonly #subscription: { dispose: () => unknown };

  constructor(known: KnownFindings) {
    this.#known = known;
    this.#controller.options = { prompt: 'Reply to Claude', placeHolder: 'Ask about this finding, or tell what to do' };
    this.#subscription = known.onChange((uris) => {
      uris.forEach((uri) => {
        this.#update(uri);
      });
    });
  }

  /** The finding that a thread is about. */
  findingOf(thread: vscode.CommentThread): Finding | undefined {
    return [...this.#shown.values()].find((each) => each.thread === thread)?.finding;
  }

  /** Show a finding's thread as unfolded. */
  unfold(id: string): void {
    const shown = this.#shown.get(id);
    if (shown !== undefined) {
      shown.thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    }
  }

  /** Put what the user says under a finding, and what comes of asking; it is seen while it is awaited. */
  async converse(finding: Finding, text: string, ask: () => Promise<string>): Promise<void> {
    const waiting = comment('Claude', '…', 'answering');
    this.#say(finding.id, comment('You', text), waiting);
    try {
      this.#instead(finding.id, waiting, comment('Claude', await ask()));
    } catch (error) {
      this.#instead(finding.id, waiting, comment('Claude', 'There is no answer.', 'failed'));
      throw error;
    }
  }

  #say(id: string, ...comments: vscode.Comment[]): void {
    const shown = this.#shown.get(id);
    if (shown !== undefined) {
      shown.said.push(...comments);
      show(shown);
    }
  }

  #instead(id: string, before: vscode.Comment, after: vscode.Comment): void {
    const shown = this.#shown.get(id);
    const at = shown?.said.indexOf(before) ?? -1;
    if (shown !== undefined && at >= 0) {
      shown.said[at] = after;
      show(shown);
    }
  }

  #update(uri: string): void {
    const open = new Map(this.#known.open(uri).map((finding) => [finding.id, finding]));
    for (const [id, { thread, finding }] of this.#shown) {
      if (finding.uri === uri && !open.has(id)) {
        thread.dispose();
        this.#shown.delete(id);
      }
    }
    open.forEach((finding) => {
      this.#put(finding);
    });
  }

  #put(finding: Finding): void {
    const before = this.#shown.get(finding.id);
    if (before === undefined) {
      const thread = this.#controller.createCommentThread(vscode.Uri.parse(finding.uri), range(finding), []);
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
      const shown = { thread, finding, said: [] };
      this.#shown.set(finding.id, shown);
      show(shown);
    } else if (JSON.stringify(before.finding) !== JSON.stringify(finding)) {
      before.finding = finding;
      before.thread.range = range(finding);
      show(before);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#controller.dispose();
  }
}

function show({ thread, finding, said }: Shown): void {
  thread.label = findingLabel(finding);
  thread.contextValue = finding.suggestion === undefined ? 'finding' : 'finding.suggestion';
  thread.comments = [{ ...comment('Claude', ''), body: markdown(findingMarkdown(finding)) }, ...said];
}

function comment(name: string, text: string, label?: string): vscode.Comment {
  return {
    author: { name },
    body: markdown(harmless(text)),
    mode: vscode.CommentMode.Preview,
    ...(label !== undefined && { label }),
  };
}

/** Neither commands nor HTML are carried out, whatever the text says. */
function markdown(text: string): vscode.MarkdownString {
  const result = new vscode.MarkdownString(text);
  result.isTrusted = false;
  result.supportHtml = false;
  return result;
}

function range({ range: { start, end } }: Finding): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
