// What Claude may do without asking: a session's mode, and what was allowed or refused for good.

import * as vscode from 'vscode';

import type { OpenQuestion, PermissionRule } from './commandShapes';
import { MODES, modeWords, type Mode } from './modes';
import { UserCommand } from './names';
import type { Server } from './server';
import { ago } from './wording';

interface PermissionItem extends vscode.QuickPickItem {
  rule?: PermissionRule;
  question?: OpenQuestion;
}

const REVOKE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Take it back' };

/** @param now the mode that holds. @returns undefined when the user leaves it at that. */
export async function pickMode(name: string, now: string): Promise<Mode | undefined> {
  const items = Object.entries(MODES).map(([mode, { label, detail, icon }]) => ({
    label: `$(${icon}) ${label}`,
    ...(mode === now && { description: 'as it is now' }),
    detail,
    mode: mode as Mode,
  }));
  const options = { title: `What may Claude do in ${name}?`, placeHolder: `Now: ${modeWords(now)?.label ?? now}` };
  const picked = await vscode.window.showQuickPick(items, options);
  return picked?.mode === now ? undefined : picked?.mode;
}

/** Rules that were kept, each to be taken back, and what still waits for an answer. */
export class PermissionsList {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  async show(): Promise<void> {
    const items = await this.#items();
    if (items.length === 0) {
      void vscode.window.showInformationMessage('Nothing was allowed or refused for good, and nothing waits for an answer.');
      return;
    }
    const list = vscode.window.createQuickPick<PermissionItem>();
    list.title = 'Permissions';
    list.placeholder = 'Pick what was allowed or refused for good to take it back';
    list.matchOnDescription = true;
    list.items = items;
    const take = async (item: PermissionItem | undefined): Promise<void> => {
      if (item?.rule !== undefined) {
        list.busy = true;
        await this.#server.execute('permissionRevoke', { ruleId: item.rule.ruleId });
        vscode.window.setStatusBarMessage(`$(check) Taken back: ${item.rule.rule}`, 5000);
        list.items = await this.#items();
        list.busy = false;
      } else if (item?.question !== undefined) {
        list.hide();
        await vscode.commands.executeCommand(UserCommand.showConversation, { sessionId: item.question.sessionId });
      }
    };
    const closed = new Promise<void>((resolve, reject) => {
      const carryOut = (item: PermissionItem | undefined): void => {
        take(item).catch((error: unknown) => {
          list.hide();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      };
      list.onDidAccept(() => {
        carryOut(list.selectedItems[0]);
      });
      list.onDidTriggerItemButton(({ item }) => {
        carryOut(item);
      });
      list.onDidHide(() => {
        resolve();
      });
      list.show();
    });
    try {
      await closed;
    } finally {
      list.dispose();
    }
  }

  async #items(): Promise<PermissionItem[]> {
    const { rules, pending } = await this.#server.execute('permissionList', {});
    return [...section('Wait for an answer', pending.map(questionItem)), ...section('Kept', rules.map(ruleItem))];
  }
}

function section(label: string, items: PermissionItem[]): PermissionItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function ruleItem(rule: PermissionRule): PermissionItem {
  const where = rule.sessionId === undefined ? `in ${vscode.workspace.asRelativePath(vscode.Uri.parse(rule.workspace), true)}` : 'in one session';
  return {
    label: `$(${rule.allows ? 'check-all' : 'circle-slash'}) ${rule.rule}`,
    description: `${rule.allows ? 'allowed' : 'refused'} ${where} · ${ago(rule.createdAt, Date.now())}`,
    buttons: [REVOKE],
    rule,
  };
}

function questionItem(question: OpenQuestion): PermissionItem {
  return { label: `$(bell-dot) ${question.title}`, description: ago(question.askedAt, Date.now()), question };
}
