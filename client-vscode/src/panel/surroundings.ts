// What the page shows besides the conversation, gathered from the editor and its settings.

import * as vscode from 'vscode';

import type { ServerState } from '../activity';
import { SECTION } from '../names';
import type { ShownTurn } from '../shownTurn';
import { budgets } from './budgets';
import type { Place } from './place';
import { selectedLines } from './selection';
import type { Surroundings } from './wire';

export interface Around {
  place: Place;
  server: ServerState;
  pinned: boolean;
  editor: vscode.TextEditor | undefined;
  turns: readonly ShownTurn[];
  spentTodayUsd: number;
}

export function surroundings({ place, server, pinned, editor, turns, spentTodayUsd }: Around): Surroundings {
  const uri = place === null ? undefined : vscode.Uri.parse(place);
  const settings = settingsOf(place);
  return {
    ...{ server, pinned },
    offline: settings.get<boolean>('offline') ?? false,
    file: uri?.path.slice(uri.path.lastIndexOf('/') + 1),
    nothingOpen: uri === undefined && (vscode.workspace.workspaceFolders ?? []).length === 0,
    selection: editor && selectedLines(editor),
    budgets: budgets(settings, turns, spentTodayUsd),
    warnAtPercent: settings.get<number>('context.warnAtPercent') ?? 80,
    usualMode: usualMode(place),
  };
}

/** The mode of a session whose mode nobody has chosen. */
export function usualMode(place: Place): string {
  return settingsOf(place).get<string>('permissionMode') ?? 'default';
}

function settingsOf(place: Place): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION, place === null ? undefined : vscode.Uri.parse(place));
}
