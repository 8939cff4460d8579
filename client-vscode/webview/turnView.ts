// One turn: the prompt, what Claude thought, did and said in the order it came, what it found, how it ended.

import type { Part, ShownTurn } from '../src/shownTurn';
import type { FromPanel } from '../src/panel/wire';
import type { Finding, TurnKind } from '../src/protocol';
import { count, dollars, shortfall } from '../src/wording';
import type { CodeActions } from './codeBlock';
import { button, h, icon } from './dom';
import type { Frames } from './frames';
import type { Host } from './host';
import { planView } from './plan';
import { compactedView, verificationView } from './outcomes';
import { StreamedText } from './streamedText';
import { ToolRow } from './toolRow';

const KINDS: Record<TurnKind, { icon: string; words: string }> = {
  review: { icon: 'checklist', words: 'Review' },
  debug: { icon: 'debug-alt', words: 'Debug' },
  ask: { icon: 'account', words: 'You' },
  fix: { icon: 'wand', words: 'Fix' },
  step: { icon: 'list-ordered', words: 'Step' },
  compact: { icon: 'fold', words: 'Compact' },
};

/** Characters, and lines, beyond which a prompt may not fit in its box, so that it is scrolled. */
const LONG = 150;
const LONG_LINES = 7;

interface PartView {
  element: HTMLElement;
  update(part: Part, ended: boolean): void;
}

export interface TurnTools {
  frames: Frames;
  host: Host;
  code: CodeActions;
  /** Put a prompt into the composer, to be changed and sent again from where it stood. */
  edit(turnId: string, prompt: string): void;
}

export class TurnView {
  readonly element: HTMLElement;
  readonly #tools: TurnTools;
  readonly #parts = h('div', { class: 'parts' });
  readonly #findings = h('ul', { class: 'findings', 'aria-label': 'Findings', hidden: true });
  readonly #plan = h('div', { class: 'plan', hidden: true });
  readonly #foot = h('div', { class: 'turn-foot' });
  readonly #origin = h('span', { class: 'origin' });
  #views: { type: Part['type']; view: PartView }[] = [];
  #seen = '';

  constructor(turn: ShownTurn, tools: TurnTools) {
    this.#tools = tools;
    const body = [this.#plan, this.#parts, this.#findings, this.#foot];
    this.element = h('article', { class: 'turn', 'aria-label': KINDS[turn.kind].words }, promptView(turn, tools, this.#origin), ...body);
    this.update(turn);
  }

  update(turn: ShownTurn): void {
    this.#updateParts(turn);
    const { findings, findingIds, plan, origin, waiting, notice, warning, compacted, verification, ended, costUsd } = turn;
    const told = [plan, origin, waiting, notice, warning, compacted, verification, ended, ended && costUsd];
    const seen = JSON.stringify([findings.map(({ id, state }) => id + state), findingIds, ...told]);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#origin.textContent = origin === undefined ? '' : `· ${origin}`;
      this.#findings.replaceChildren(...findings.map((finding) => findingRow(finding, this.#tools.host)));
      this.#findings.hidden = findings.length === 0;
      this.#plan.replaceChildren(...(plan.length === 0 ? [] : [planView(plan)]));
      this.#plan.hidden = plan.length === 0;
      this.#foot.replaceChildren(...this.#ending(turn));
      this.element.dataset['state'] = ended === undefined ? 'running' : ended.stopReason;
    }
  }

  /** Parts are only ever added and grow; where the end of a turn put others in their place, all are made anew. */
  #updateParts({ turnId, parts, ended }: ShownTurn): void {
    const replaced = this.#views.length > parts.length || this.#views.some(({ type }, index) => parts[index]?.type !== type);
    if (replaced) {
      this.#views = [];
      this.#parts.replaceChildren();
    }
    for (const [index, part] of parts.entries()) {
      let shown = this.#views[index];
      if (shown === undefined) {
        shown = { type: part.type, view: this.#partView(turnId, part) };
        this.#views.push(shown);
        this.#parts.append(shown.view.element);
      }
      shown.view.update(part, ended !== undefined || index < parts.length - 1);
    }
  }

  #partView(turnId: string, part: Part): PartView {
    if (part.type === 'tool') {
      const row = new ToolRow(turnId, part.tool, part.agent, this.#tools.host);
      return { element: row.element, update: (now) => { if (now.type === 'tool') { row.update(now.tool); } } };
    }
    const text = new StreamedText(this.#tools.frames, this.#tools.code);
    const by = part.agent === undefined ? undefined : h('div', { class: 'agent' }, part.agent);
    const element =
      part.type === 'thought'
        ? h('details', { class: 'thought' }, h('summary', {}, icon('lightbulb'), 'Thinking'), text.element)
        : h('div', { class: 'said' }, by, text.element);
    let ended = false;
    return {
      element,
      update: (now, over) => {
        if (now.type !== 'tool' && !ended) {
          ended = over;
          text.update(now.text, over);
        }
      },
    };
  }

  #ending(turn: ShownTurn): Node[] {
    const { ended, waiting, notice, warning, findingIds, findings, compacted, verification } = turn;
    const told = [['info', notice], ['warning', warning]] as const;
    const nodes: Node[] = told.flatMap(([name, words]) => (words === undefined ? [] : [h('div', { class: `notice ${name}` }, icon(name), words)]));
    if (compacted !== undefined) {
      nodes.push(compactedView(compacted, turn.kind));
    }
    if (ended === undefined) {
      const symbol = waiting === undefined ? 'loading' : 'clock';
      return [...nodes, h('div', { class: 'working' }, icon(symbol), waiting ?? 'Working…')];
    }
    if (verification !== undefined) {
      nodes.push(verificationView(verification));
    }
    const short = shortfall(ended);
    if (short !== undefined) {
      nodes.push(this.#shortfall(turn, short));
    }
    const found = Math.max(findings.length, findingIds.length);
    const sums = [...(found > 0 ? [count(found, 'finding')] : []), dollars(turn.costUsd)];
    const fork = button({ label: 'Fork from after this turn', icon: 'repo-forked', kind: 'plain after' }, () => {
      this.#tools.host.say({ type: 'fork', turnId: turn.turnId });
    });
    return [...nodes, h('div', { class: 'sum' }, h('span', {}, sums.join(' · ')), fork)];
  }

  /** Why a turn stopped short, and what can be done about that. */
  #shortfall(turn: ShownTurn, words: string): HTMLElement {
    const { turnId, ended } = turn;
    const kind = ended?.error?.kind;
    const severity = ended?.stopReason === 'cancelled' ? 'info' : 'error';
    const card = h('div', { class: `card ${severity}` }, h('p', {}, icon(severity), words));
    const offer = (text: string, message: FromPanel): void => {
      card.append(
        button({ text, kind: 'secondary' }, () => {
          this.#tools.host.say(message);
        }),
      );
    };
    if (kind === 'authentication') {
      offer('Log in…', { type: 'run', action: 'login' });
    }
    if (ended?.stopReason === 'max_budget' || ended?.stopReason === 'max_turns') {
      offer('Change the limit…', { type: 'run', action: 'settings' });
    }
    if (ended?.stopReason !== 'refusal' && kind !== 'authentication') {
      offer('Continue', { type: 'again', turnId, how: 'continue' });
    }
    offer('Try again', { type: 'again', turnId, how: 'retry' });
    if (turn.kind === 'step') {
      offer('Resume the steps', { type: 'run', action: 'resumeSteps' });
    }
    if (kind === 'internal' || kind === 'process') {
      offer('Show the log', { type: 'run', action: 'log' });
    }
    return card;
  }
}

function promptView(turn: ShownTurn, tools: TurnTools, origin: HTMLElement): HTMLElement {
  const { icon: name, words } = KINDS[turn.kind];
  const head = h('div', { class: 'prompt-head' }, icon(name), h('span', {}, words), origin);
  if (turn.kind === 'ask') {
    head.append(
      button({ label: 'Edit and send again, in a fork', icon: 'edit' }, () => {
        tools.edit(turn.turnId, turn.prompt);
      }),
    );
  }
  const isLong = turn.prompt.length > LONG || turn.prompt.split('\n').length > LONG_LINES;
  const scrolls = isLong ? { tabindex: '0', role: 'group', 'aria-label': 'Prompt' } : {};
  return h('div', { class: 'prompt' }, head, h('div', { class: 'prompt-text', ...scrolls }, turn.prompt));
}

function findingRow(finding: Finding, host: Host): HTMLElement {
  const file = decodeURIComponent(finding.uri.slice(finding.uri.lastIndexOf('/') + 1));
  const place = `${file}:${finding.range.start.line + 1}`;
  const opener = button({ text: finding.title, kind: 'link' }, () => {
    host.say({ type: 'openFinding', findingId: finding.id });
  });
  const symbol = { error: 'error', warning: 'warning', information: 'info', hint: 'lightbulb' }[finding.severity];
  const severity = h('span', { class: `severity ${finding.severity}` }, icon(symbol), h('span', { class: 'unseen' }, finding.severity));
  return h('li', {}, severity, opener, h('span', { class: 'place' }, place));
}
