// What is typed into the panel: what it mentions, what it commands, and what goes along with it.

import type { Attachment } from './wire';

export interface SlashCommand {
  name: string;
  /** What may follow the name, in words. */
  takes: string;
  detail: string;
}

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  { name: 'review', takes: 'what to look for', detail: 'Review this file' },
  { name: 'estimate', takes: '', detail: 'What a review would cost' },
  { name: 'debug', takes: 'an error', detail: 'Find the cause of an error' },
  { name: 'test', takes: 'a command that fails', detail: 'Run it, find the cause, and see the fix work' },
  { name: 'explain', takes: '', detail: 'Explain the selection, or this file' },
  { name: 'fix', takes: '', detail: 'Fix what other tools report here' },
  { name: 'steps', takes: '', detail: 'Carry out several prompts, one after the other' },
  { name: 'new', takes: '', detail: 'Begin a new session' },
  { name: 'resume', takes: '', detail: 'Go back to an older session' },
  { name: 'fork', takes: '', detail: 'Branch off from here into a session of its own' },
  { name: 'compact', takes: 'what to keep', detail: 'Summarise the conversation to make room' },
  { name: 'rewind', takes: '', detail: 'Put files back as they were before a turn' },
  { name: 'mode', takes: '', detail: 'What Claude may do here without asking' },
  { name: 'permissions', takes: '', detail: 'What was allowed for good, to be taken back' },
  { name: 'rename', takes: 'a title', detail: 'Rename this session' },
  { name: 'export', takes: '', detail: 'Write this session to a file' },
  { name: 'usage', takes: '', detail: 'What was spent, by day' },
  { name: 'doctor', takes: '', detail: 'Check that everything works' },
];

/** The command that a prompt is, or undefined: a path such as `/etc/hosts` is none. */
export function slashCommand(text: string): { name: string; rest: string } | undefined {
  const [, name, rest] = /^\/([a-z]+)(?:\s+([^]*))?$/.exec(text.trim()) ?? [];
  return SLASH_COMMANDS.some((command) => command.name === name)
    ? { name: name ?? '', rest: rest?.trim() ?? '' }
    : undefined;
}

export interface Trigger {
  kind: 'mention' | 'slash';
  /** What was typed after the sign. */
  query: string;
  /** Where the sign stands in the text. */
  start: number;
}

/** What is being typed at the caret: `@` at a word's start, or `/` at the very beginning. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const before = text.slice(0, caret);
  const [, slash] = /^\/([a-z]*)$/.exec(before) ?? [];
  if (slash !== undefined) {
    return { kind: 'slash', query: slash, start: 0 };
  }
  const [, mention] = /(?:^|\s)@([^\s@]*)$/.exec(before) ?? [];
  return mention === undefined ? undefined : { kind: 'mention', query: mention, start: caret - mention.length - 1 };
}

/** `app.py`, `app.py:3`, `app.py:3-7`: lines as people count them. */
export function attachmentName({ name, startLine, endLine }: Attachment): string {
  return startLine === endLine ? `${name}:${startLine + 1}` : `${name}:${startLine + 1}-${endLine + 1}`;
}

export function isSame(one: Attachment, other: Attachment): boolean {
  return one.uri === other.uri && one.startLine === other.startLine && one.endLine === other.endLine;
}

/** A prompt with the text of what is attached to it, each in a fence that its text cannot close. */
export function composed(text: string, attachments: readonly { name: string; text: string; language: string }[]): string {
  const parts = attachments.map(({ name, text: attached, language }) => {
    const longest = Math.max(2, ...(attached.match(/`{3,}/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    return `\`${name}\`:\n\n${fence}${language}\n${attached}\n${fence}`;
  });
  return [text, ...parts].join('\n\n');
}

/** A prompt without what was attached to it. */
export function typed(prompt: string): string {
  return prompt.replace(/\n\n`[^`\n]+:\d+(?:-\d+)?`:\n\n`{3,}[^]*$/, '');
}

/** Prompts that were sent, to be called back; the same one is kept once, where it was last. */
export class PromptHistory {
  #prompts: string[];
  #at: number;
  #draft = '';

  constructor(prompts: readonly string[]) {
    this.#prompts = [...new Set([...prompts].reverse())].reverse();
    this.#at = this.#prompts.length;
  }

  add(prompt: string): void {
    this.#prompts = [...this.#prompts.filter((each) => each !== prompt), prompt];
    this.#at = this.#prompts.length;
  }

  /** The prompt before, or undefined at the first; what stands in the composer is kept for the way back. */
  previous(current: string): string | undefined {
    if (this.#at === this.#prompts.length) {
      this.#draft = current;
    }
    const prompt = this.#prompts[this.#at - 1];
    this.#at = prompt === undefined ? this.#at : this.#at - 1;
    return prompt;
  }

  next(): string | undefined {
    if (this.#at === this.#prompts.length) {
      return undefined;
    }
    this.#at += 1;
    return this.#prompts[this.#at] ?? this.#draft;
  }
}
