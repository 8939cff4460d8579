// What a user does with a finding: from its thread, from the list, from a link in a reply.

import * as vscode from 'vscode';

import { openRange } from '../openers';
import type { Finding, Severity } from '../protocol';
import type { Server } from '../server';
import { isRecord, isString } from '../shape';
import { shortfall } from '../wording';
import type { KnownFindings } from './known';
import type { FindingThreads } from './threads';
import { SEVERITIES, severityName } from './wording';

const REASONS: readonly vscode.QuickPickItem[] = [
  { label: 'Not a bug', description: 'the code is right as it is' },
  { label: 'Won’t fix', description: 'it is so, and is to stay so' },
  { label: 'Intended', description: 'it is done on purpose' },
];
const OTHER = 'Another reason…';

export class FindingCommands {
  readonly #server: Server;
  readonly #known: KnownFindings;
  readonly #threads: FindingThreads;

  constructor(server: Server, known: KnownFindings, threads: FindingThreads) {
    this.#server = server;
    this.#known = known;
    this.#threads = threads;
  }

  /** Show it on its code, with its thread unfolded. */
  async open(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const { start, end } = finding.range;
    await openRange(vscode.Uri.parse(finding.uri), new vscode.Range(start.line, start.character, end.line, end.character));
    this.#threads.unfold(finding.id);
  }

  async apply(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const { applied, reason } = await this.#server.execute('findingApply', { findingId: finding.id });
    if (!applied) {
      void vscode.window.showWarningMessage(`The suggestion was not applied: ${reason ?? 'the editor refused it.'}`);
    }
  }

  /** All suggestions of a file that fit, in one edit. */
  async applyAll(argument: unknown): Promise<void> {
    const { uri } = fileGroup(argument);
    const { findings, reason } = await this.#server.execute('findingApplyAll', { uri });
    findings.forEach((finding) => {
      this.#known.put({ ...finding, uri });
    });
    if (reason !== undefined) {
      void vscode.window.showWarningMessage(`Not all of the suggestions were applied: ${reason}`);
    } else if (findings.length === 0) {
      void vscode.window.showInformationMessage('None of these findings has a suggestion.');
    }
  }

  /** All of a file that are as severe as the user says. */
  async dismissAll(argument: unknown): Promise<void> {
    const { uri, findings } = fileGroup(argument);
    const choices = SEVERITIES.flatMap((severity) => {
      const number = findings.filter((finding) => finding.severity === severity).length;
      return number === 0 ? [] : [{ label: severityName(severity), description: String(number), severity }];
    }).toReversed(); // the mildest are those that one dismisses
    const picked = await vscode.window.showQuickPick(choices, { title: 'Dismiss which findings of this file?' });
    const reason = picked && (await whyDismissed(`Dismiss all ${picked.label.toLowerCase()} of this file`));
    if (picked !== undefined && reason !== undefined) {
      await this.#dismissAll(uri, picked.severity, reason);
    }
  }

  async #dismissAll(uri: string, severity: Severity, reason: string): Promise<void> {
    const { findings } = await this.#server.execute('findingDismissAll', { uri, severity, reason });
    findings.forEach((finding) => {
      this.#known.put({ ...finding, uri });
    });
  }

  async fix(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const result = await this.#server.executeWithProgress('Fixing a finding', 'fix', { findingId: finding.id });
    const short = shortfall(result);
    if (short !== undefined && result.stopReason !== 'cancelled') {
      void vscode.window.showWarningMessage(short);
    }
  }

  async verify(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const checked = await this.#server.executeWithProgress('Verifying a finding', 'findingVerify', { findingId: finding.id });
    this.#known.put({ ...checked, uri: finding.uri });
    const outcome = checked.state === 'fixed' ? 'It was not found again, and counts as fixed' : 'It still holds';
    void vscode.window.showInformationMessage(`${outcome}: ${finding.title}`);
  }

  async dismiss(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const reason = await whyDismissed(`Dismiss “${finding.title}”: it is not reported again while its code stays as it is`);
    if (reason !== undefined) {
      const dismissed = await this.#server.execute('findingDismiss', { findingId: finding.id, reason });
      this.#known.put({ ...dismissed, uri: finding.uri });
    }
  }

  async reopen(argument: unknown): Promise<void> {
    const finding = this.#named(argument);
    const reopened = await this.#server.execute('findingReopen', { findingId: finding.id });
    this.#known.put({ ...reopened, uri: finding.uri });
  }

  /** What was written under a finding goes to Claude, in the session that reported it. */
  async reply(argument: unknown): Promise<void> {
    if (!isReply(argument)) {
      return;
    }
    const text = argument.text.trim();
    const finding = this.#threads.findingOf(argument.thread);
    if (finding === undefined || text === '') {
      return;
    }
    await this.#threads.converse(finding, text, async () => {
      const result = await this.#server.execute('ask', { text, findingId: finding.id });
      return shortfall(result) ?? result.text;
    });
  }

  /** An id, a thread, or an item of the list. */
  #named(argument: unknown): Finding {
    let finding: Finding | undefined;
    if (isString(argument)) {
      finding = this.#known.get(argument);
    } else if (isRecord(argument) && isRecord(argument['finding']) && isString(argument['finding']['id'])) {
      finding = this.#known.get(argument['finding']['id']);
    } else if (isThread(argument)) {
      finding = this.#threads.findingOf(argument);
    }
    if (finding === undefined) {
      throw new Error('This finding is not known any more. Review the file again.');
    }
    return finding;
  }
}

/** Undefined when the user thinks better of it. */
async function whyDismissed(title: string): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick([...REASONS, { label: OTHER }], { title, placeHolder: 'Why?' });
  return picked?.label === OTHER ? vscode.window.showInputBox({ title, ignoreFocusOut: true }) : picked?.label;
}

/** A file of the list, with its findings. */
function fileGroup(argument: unknown): { uri: string; findings: readonly Finding[] } {
  if (isRecord(argument) && argument['kind'] === 'file' && isString(argument['name']) && Array.isArray(argument['findings'])) {
    return { uri: argument['name'], findings: argument['findings'] as Finding[] };
  }
  throw new Error('Choose a file in the list of findings first.');
}

function isThread(argument: unknown): argument is vscode.CommentThread {
  return isRecord(argument) && 'comments' in argument && 'collapsibleState' in argument;
}

function isReply(argument: unknown): argument is vscode.CommentReply {
  return isRecord(argument) && isString(argument['text']) && isThread(argument['thread']);
}
