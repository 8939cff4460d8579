// What the panel's page and the extension say to each other. Each checks what it is told.

import type { Ask } from '../asks';
import type { Snapshot } from '../conversation';
import type { ServerState } from '../activity';
import type { Session, SessionUpdate } from '../protocol';
import type { ShownTurn } from '../shownTurn';
import {
  isCount,
  isListOf,
  isMapOf,
  isObject,
  isOneOf,
  isOptional,
  isRecord,
  isString,
  type Checked,
  type Checker,
} from '../shape';

/** A part of a file that goes along with a prompt; lines count from 0 and the last one is in it. */
export interface Attachment {
  uri: string;
  name: string;
  startLine: number;
  endLine: number;
}

export interface Suggestion {
  /** What is put in place of what was typed. */
  insert: string;
  label: string;
  detail: string;
  icon: string;
}

export interface Budget {
  name: 'session' | 'day';
  spentUsd: number;
  limitUsd: number;
}

/** All that the page shows besides the conversation. */
export interface Surroundings {
  server: ServerState;
  /** The built-in reviewer answers, not Claude. */
  offline: boolean;
  /** The file that the panel is about, by its name; undefined for the workspace. */
  file: string | undefined;
  /** There is no folder and no file to talk about. */
  nothingOpen: boolean;
  pinned: boolean;
  selection: Attachment | undefined;
  budgets: Budget[];
  warnAtPercent: number;
  /** The mode of a session whose mode nobody has chosen. */
  usualMode: string;
}

export type ToPanel =
  | { type: 'surroundings'; surroundings: Surroundings }
  | { type: 'loading' }
  | { type: 'failed'; message: string }
  | { type: 'conversation'; snapshot: Snapshot | undefined; prompts: string[] }
  | { type: 'update'; update: SessionUpdate }
  | { type: 'turns'; turns: ShownTurn[] }
  | { type: 'session'; session: Session }
  | { type: 'interrupted' }
  | { type: 'asks'; asks: readonly Ask[] }
  | { type: 'suggestions'; request: number; suggestions: Suggestion[] }
  | { type: 'refused'; text: string; message: string }
  | { type: 'attach'; attachment: Attachment }
  | { type: 'focus'; place: 'composer' | 'ask' };

const isAttachment = isObject({ uri: isString, name: isString, startLine: isCount, endLine: isCount });

/** By type, the fields of each message from the page. */
const FROM_PANEL = {
  ready: isObject({}),
  returned: isObject({}),
  send: isObject({ text: isString, attachments: isListOf(isAttachment) }),
  resend: isObject({ turnId: isString, text: isString }),
  again: isObject({ turnId: isString, how: isOneOf('continue', 'retry') }),
  fork: isObject({ turnId: isString }),
  stop: isObject({}),
  choose: isObject({ id: isCount, optionId: isString, message: isOptional(isString) }),
  reply: isObject({ id: isCount, answers: isMapOf(isString) }),
  refuse: isObject({ id: isCount }),
  openLocation: isObject({ uri: isString, line: isOptional(isCount) }),
  openLink: isObject({ href: isString }),
  openFinding: isObject({ findingId: isString }),
  openPermissionDiff: isObject({ id: isCount }),
  openToolDiff: isObject({ turnId: isString, toolCallId: isString }),
  copy: isObject({ text: isString }),
  insert: isObject({ text: isString }),
  apply: isObject({ text: isString }),
  suggest: isObject({ request: isCount, query: isString }),
  run: isObject({
    action: isOneOf('review', 'resume', 'resumeSteps', 'mode', 'login', 'restart', 'log', 'settings', 'openFile', 'reload'),
  }),
  command: isObject({ name: isString, rest: isString }),
} as const satisfies Record<string, Checker<unknown>>;

type FromPanelFields = { [K in keyof typeof FROM_PANEL]: Checked<(typeof FROM_PANEL)[K]> };
export type FromPanel = { [K in keyof FromPanelFields]: { type: K } & FromPanelFields[K] }[keyof FromPanelFields];

/** The message, or undefined for anything that is none. */
export function fromPanel(value: unknown): FromPanel | undefined {
  if (!isRecord(value) || typeof value['type'] !== 'string' || !Object.hasOwn(FROM_PANEL, value['type'])) {
    return undefined;
  }
  const check = FROM_PANEL[value['type'] as keyof typeof FROM_PANEL];
  return check(value) ? (value as FromPanel) : undefined;
}

const TO_PANEL: Record<ToPanel['type'], true> = {
  ...{ surroundings: true, loading: true, failed: true, conversation: true, update: true, turns: true, session: true },
  ...{ interrupted: true, asks: true, suggestions: true, refused: true, attach: true, focus: true },
};

/** The extension is trusted in what its messages hold, not that a message is its own. */
export function toPanel(value: unknown): ToPanel | undefined {
  return isRecord(value) && typeof value['type'] === 'string' && Object.hasOwn(TO_PANEL, value['type'])
    ? (value as unknown as ToPanel)
    : undefined;
}
