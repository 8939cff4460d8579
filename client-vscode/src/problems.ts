// An error in the server's words, with what it says can be done about it.

import { ResponseError } from 'vscode-languageclient/node';

import type { TurnError } from './protocol';

export function explained(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const hint = error instanceof ResponseError ? (error.data as Partial<TurnError> | undefined)?.hint : undefined;
  return hint === undefined ? error.message : `${error.message} ${hint}`;
}
