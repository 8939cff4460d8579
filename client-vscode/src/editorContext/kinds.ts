// What the server may ask about the editor, and how it asks.

import type { Position } from 'vscode-languageclient/node';

export const CONTEXT_KINDS = [
  ...(['diagnostics', 'selection', 'visibleEditors', 'debugState'] as const),
  ...(['definition', 'references', 'hover', 'symbols'] as const),
];
export type ContextKind = (typeof CONTEXT_KINDS)[number];

export interface ContextRequest {
  kinds: ContextKind[];
  uri?: string;
  position?: Position;
  symbol?: string;
}

/** A field for each kind that there was something to say of. */
export type ContextAnswer = Partial<Record<ContextKind, unknown>>;
