// What Claude waits for: permissions with the change they are about, and questions. Nothing has the focus
// to begin with, so nobody answers by typing on; within one, a digit chooses.

import { structuredPatch } from 'diff';

import type { Ask } from '../src/asks';
import type { PermissionOption, PermissionRequest, Question } from '../src/protocol';
import { codeActions } from './codeBlock';
import { button, h, icon } from './dom';
import type { Host } from './host';
import { Markdown, tellsLinks } from './markdown';

const ICONS: Record<PermissionOption['kind'], string> = {
  ...{ allow_once: 'check', allow_always: 'check-all', reject_once: 'close', reject_always: 'circle-slash' },
};
/** Lines of a change that are shown here; the diff editor shows all. */
const MOST_LINES = 40;

export class AsksView {
  readonly element = h('div', { class: 'asks' });
  readonly #host: Host;
  readonly #markdown: Markdown;
  readonly #shown = new Map<number, HTMLElement>();

  constructor(host: Host) {
    this.#host = host;
    this.#markdown = new Markdown(codeActions(host));
    tellsLinks(this.element, host);
  }

  /** @returns the words for those that are new, to be announced. */
  update(asks: readonly Ask[]): string[] {
    const open = new Set(asks.map(({ id }) => id));
    for (const [id, element] of this.#shown) {
      if (!open.has(id)) {
        element.remove();
        this.#shown.delete(id);
      }
    }
    const added = asks.filter(({ id }) => !this.#shown.has(id));
    for (const ask of added) {
      const element = ask.type === 'permission' ? this.#permission(ask) : this.#question(ask);
      this.#shown.set(ask.id, element);
      this.element.append(element);
    }
    for (const ask of asks) {
      this.#shown.get(ask.id)?.querySelector('.standing')?.replaceWith(standing(ask, asks));
    }
    return added.map((ask) => (ask.type === 'permission' ? `Claude asks to: ${ask.request.title}` : 'Claude has a question'));
  }

  /** Go to the first one that is open. */
  focus(): void {
    this.element.querySelector<HTMLElement>('button.option, input')?.focus();
  }

  #permission({ id, request }: Extract<Ask, { type: 'permission' }>): HTMLElement {
    const heading = `ask-${id}`;
    const words = h('input', { type: 'text', 'aria-label': 'Words for Claude, if you refuse', placeholder: 'If you refuse: say why (optional)' });
    const options = request.options.map((option, index) => {
      const kind = option.kind.startsWith('allow') ? (option.kind === 'allow_once' ? 'option primary' : 'option secondary') : 'option secondary';
      const chosen = button({ text: option.name, icon: ICONS[option.kind], kind }, () => {
        this.#host.say({ type: 'choose', id, optionId: option.optionId, message: words.value });
      });
      chosen.title = `${option.name} (${index + 1})`;
      return chosen;
    });
    const group = h(
      'section',
      { class: 'ask', 'aria-labelledby': heading },
      h('h2', { id: heading }, icon('shield'), request.title),
      h(
        'div',
        { class: 'ask-body' },
        h('p', { class: 'standing' }),
        request.reason === undefined ? undefined : h('p', { class: 'reason' }, icon('info'), request.reason),
        ...(isPlan(request) ? [this.#plan(request)] : this.#details(id, request)),
      ),
      h('div', { class: 'options' }, ...options),
      words,
    );
    const refusal = options[request.options.findIndex(({ kind }) => kind === 'reject_once')];
    words.hidden = refusal === undefined;
    words.addEventListener('keydown', (event) => {
      event.stopPropagation(); // digits are words here
      if (event.key === 'Enter' && !event.isComposing && words.value.trim() !== '') {
        event.preventDefault();
        refusal?.click();
      }
    });
    group.addEventListener('keydown', (event) => {
      const option = options[Number(event.key) - 1];
      if (option !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        option.click();
      }
    });
    return group;
  }

  #plan({ description = '' }: PermissionRequest): HTMLElement {
    return h('div', { class: 'markdown', tabindex: '0', role: 'group', 'aria-label': 'The plan' }, this.#markdown.render(description, true));
  }

  #details(id: number, { description, diff, rawInput }: PermissionRequest): HTMLElement[] {
    const described = description === undefined ? [] : [h('p', {}, description)];
    if (diff !== undefined) {
      const open = button({ text: 'Open the diff', icon: 'diff', kind: 'link' }, () => {
        this.#host.say({ type: 'openPermissionDiff', id });
      });
      return [...described, changeView(diff.oldText, diff.newText), open];
    }
    const command = rawInput['command'];
    const text = typeof command === 'string' ? command : JSON.stringify(rawInput, undefined, 2);
    return [...described, h('pre', { class: 'input', tabindex: '0', role: 'group', 'aria-label': 'What it would run' }, text)];
  }

  #question({ id, request }: Extract<Ask, { type: 'question' }>): HTMLElement {
    const fields = request.questions.map((question, index) => new QuestionField(question, `ask-${id}-${index}`));
    const send = button({ text: 'Answer', kind: 'option primary' }, () => {
      const answers = fields.map((field) => [field.question, field.answer] as const);
      const missing = fields.find((field) => field.answer === '');
      if (missing === undefined) {
        this.#host.say({ type: 'reply', id, answers: Object.fromEntries(answers) });
      } else {
        missing.focus();
      }
    });
    const refuse = button({ text: 'Don’t answer', kind: 'option secondary' }, () => {
      this.#host.say({ type: 'refuse', id });
    });
    const heading = `ask-${id}`;
    return h(
      'section',
      { class: 'ask', 'aria-labelledby': heading },
      h('h2', { id: heading }, icon('question'), 'Claude asks'),
      h('div', { class: 'ask-body' }, h('p', { class: 'standing' }), ...fields.map(({ element }) => element)),
      h('div', { class: 'options' }, send, refuse),
    );
  }
}

/** A plan is what Claude wants to go on with: Markdown of its own, and nothing that is run. */
function isPlan({ toolKind, description }: PermissionRequest): boolean {
  return toolKind === 'think' && description !== undefined;
}

/** That it was asked before; where others of its session wait with it, which one it is and how many there are. */
function standing({ request }: Ask, asks: readonly Ask[]): HTMLElement {
  const together = asks.filter((each) => each.request.sessionId === request.sessionId).length;
  const parts = [
    ...(together > 1 ? [`Request ${request.number}: ${together} wait for an answer.`] : []),
    ...(request.askedBefore === true ? ['Asked again: it was open when the server ended.'] : []),
  ];
  return h('p', { class: 'standing muted', hidden: parts.length === 0 }, parts.join(' '));
}

/** One question: options to choose from, and a line for an answer that is none of them. */
class QuestionField {
  readonly element: HTMLElement;
  readonly question: string;
  readonly #choices: HTMLInputElement[];
  readonly #other: HTMLInputElement;

  constructor({ question, header, multiSelect, options }: Question, name: string) {
    this.question = question;
    this.#choices = options.map(({ label }) => h('input', { type: multiSelect ? 'checkbox' : 'radio', name, value: label }));
    this.#other = h('input', { type: 'text', 'aria-label': 'Another answer', placeholder: 'Another answer' });
    const rows = options.map(({ label, description }, index) =>
      h('label', {}, this.#choices[index], h('span', {}, h('strong', {}, label), ' ', h('span', { class: 'muted' }, description))),
    );
    this.element = h('fieldset', {}, h('legend', {}, h('span', { class: 'agent' }, header), ' ', question), ...rows, this.#other);
  }

  get answer(): string {
    const chosen = this.#choices.filter(({ checked }) => checked).map(({ value }) => value);
    const other = this.#other.value.trim();
    return [...chosen, ...(other === '' ? [] : [other])].join(', ');
  }

  focus(): void {
    (this.#choices[0] ?? this.#other).focus();
  }
}

/** The changed lines with a little around them. */
function changeView(oldText: string, newText: string): HTMLElement {
  const { hunks } = structuredPatch('', '', oldText, newText, '', '', { context: 1 });
  const lines = hunks.flatMap((hunk) => hunk.lines).filter((line) => !line.startsWith('\\'));
  const rows = lines.slice(0, MOST_LINES).map((line) => {
    const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
    return h('span', { class: kind }, `${line}\n`);
  });
  const rest = lines.length - rows.length;
  const more = rest > 0 ? h('span', { class: 'same' }, `… ${rest} more`) : undefined;
  return h('pre', { class: 'change', tabindex: '0', role: 'group', 'aria-label': 'The change' }, ...rows, more);
}
