// A tool call on one line: what it is, how it stands, where it works. What it gave unfolds.

import type { ToolCall } from '../src/shownTurn';
import type { ToolKind, ToolStatus } from '../src/protocol';
import { button, h, icon } from './dom';
import type { Host } from './host';

const KINDS: Record<ToolKind, string> = {
  ...{ read: 'eye', edit: 'edit', delete: 'trash', move: 'arrow-right', search: 'search', execute: 'terminal' },
  ...{ think: 'lightbulb', fetch: 'globe', other: 'tools' },
};
const STATES: Record<ToolStatus, { icon: string; words: string }> = {
  pending: { icon: 'circle-outline', words: 'waiting' },
  in_progress: { icon: 'loading', words: 'running' },
  completed: { icon: 'check', words: 'done' },
  failed: { icon: 'error', words: 'failed' },
};
/** Characters of what a tool gave that are shown. */
const MOST = 20_000;

export class ToolRow {
  readonly element = h('div', { class: 'tool' });
  readonly #line = h('div', { class: 'tool-line' });
  readonly #state = h('span', { class: 'tool-state' });
  readonly #output = h('pre', { class: 'tool-output', hidden: true, tabindex: '0', role: 'group', 'aria-label': 'Output' });
  readonly #host: Host;
  readonly #turnId: string;
  #status: ToolStatus | undefined;
  #hasOutput = false;
  #hasDiff = false;

  constructor(turnId: string, tool: ToolCall, agent: string | undefined, host: Host) {
    this.#turnId = turnId;
    this.#host = host;
    const by = agent === undefined ? undefined : h('span', { class: 'agent' }, agent);
    this.#line.append(this.#state, icon(KINDS[tool.kind]), ...(by === undefined ? [] : [by]), title(tool, host));
    this.element.append(this.#line, this.#output);
    this.update(tool);
  }

  update(tool: ToolCall): void {
    if (tool.status !== this.#status) {
      this.#status = tool.status;
      const { icon: name, words } = STATES[tool.status];
      this.element.dataset['status'] = tool.status;
      this.#state.replaceChildren(icon(name), h('span', { class: 'unseen' }, words));
    }
    if (tool.diff !== undefined && !this.#hasDiff) {
      this.#hasDiff = true;
      this.#line.append(
        button({ label: 'Open the diff', icon: 'diff' }, () => {
          this.#host.say({ type: 'openToolDiff', turnId: this.#turnId, toolCallId: tool.toolCallId });
        }),
      );
    }
    if (tool.output !== undefined && tool.output !== '' && !this.#hasOutput) {
      this.#hasOutput = true;
      this.#output.textContent = tool.output.slice(0, MOST);
      this.#line.append(this.#unfolder());
    }
  }

  #unfolder(): HTMLElement {
    const toggle = button({ label: 'What it gave', icon: 'chevron-right' }, () => {
      this.#output.hidden = !this.#output.hidden;
      toggle.setAttribute('aria-expanded', String(!this.#output.hidden));
    });
    toggle.setAttribute('aria-expanded', 'false');
    return toggle;
  }
}

/** Its title opens the place it is about. */
function title(tool: ToolCall, host: Host): HTMLElement {
  const [place] = tool.locations;
  if (place === undefined) {
    return h('span', { class: 'tool-title', title: tool.title }, tool.title);
  }
  const { uri, line } = place;
  const opener = button({ text: tool.title, kind: 'tool-title link' }, () => {
    host.say({ type: 'openLocation', uri, line });
  });
  opener.title = tool.title;
  return opener;
}
