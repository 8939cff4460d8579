// What Claude may do in a session without being asked: the modes that the server knows, in words.

export interface ModeWords {
  /** As it stands where there is little room. */
  words: string;
  /** Its name in a list. */
  label: string;
  detail: string;
  icon: string;
}

export const MODES = {
  default: { words: 'asks first', label: 'Ask first', detail: 'Edits and commands are asked about', icon: 'shield' },
  acceptEdits: { words: 'edits allowed', label: 'Allow edits', detail: 'Edits inside the open folders are not asked about', icon: 'edit' },
  plan: { words: 'plan', label: 'Plan', detail: 'Nothing is changed before you approve a plan', icon: 'list-tree' },
  dontAsk: { words: 'asks nothing', label: 'Don’t ask, refuse', detail: 'What would be asked about is refused', icon: 'circle-slash' },
  bypassPermissions: {
    ...{ words: 'all allowed', label: 'Allow nearly all', icon: 'warning' },
    detail: 'Nothing is asked about but what lies outside the folders, secrets, and files that make programs run',
  },
} as const satisfies Record<string, ModeWords>;

export type Mode = keyof typeof MODES;

/** Undefined for a mode that a newer server has. */
export function modeWords(mode: string): ModeWords | undefined {
  return Object.hasOwn(MODES, mode) ? MODES[mode as Mode] : undefined;
}
