// What the panel is about: a file or, for null, the workspace.

import * as vscode from 'vscode';

import type { Session, SessionUpdate } from '../protocol';

/** A file's URI. */
export type Place = string | null;

export function placeOf({ workspace, file }: Session): Place {
  return file === undefined ? null : vscode.Uri.joinPath(vscode.Uri.parse(workspace), file).toString();
}

/** Whether a turn begins about this very place, or waits to: its session is then the current one there. */
export function beginsAt(place: Place, { update }: SessionUpdate): boolean {
  if (update.kind !== 'turn_started' && update.kind !== 'waiting') {
    return false;
  }
  const { uri } = update.turn;
  return uri === undefined ? place === null : vscode.Uri.parse(uri).toString() === place;
}
