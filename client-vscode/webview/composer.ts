// Where one types: grows with its text, completes `@` and `/`, calls back what was sent before.

import { PromptHistory, SLASH_COMMANDS, attachmentName, isSame, slashCommand, triggerAt, type Trigger } from '../src/panel/prompt';
import type { Attachment, Suggestion } from '../src/panel/wire';
import { button, h, icon } from './dom';
import type { Host } from './host';
import { SuggestionList } from './suggestionList';

export class Composer {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #text = h('textarea', {
    ...{ id: 'prompt', rows: '1', 'aria-label': 'Message to Claude', 'aria-autocomplete': 'list', 'aria-controls': 'suggestions' },
  });
  readonly #chips = h('div', { class: 'chips' });
  readonly #notice = h('div', { class: 'composer-notice', role: 'alert' });
  readonly #list: SuggestionList;
  readonly #send: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  #history = new PromptHistory([]);
  #attachments: Attachment[];
  #selection: Attachment | undefined;
  #editing: string | undefined;
  #trigger: Trigger | undefined;
  #request = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#list = new SuggestionList((suggestion) => {
      this.#complete(suggestion);
    });
    this.#send = button({ label: 'Send (Enter)', icon: 'send', kind: 'primary round' }, () => {
      this.#submit();
    });
    this.#stop = button({ label: 'Stop Claude (Escape)', icon: 'debug-stop', kind: 'secondary round' }, () => {
      host.say({ type: 'stop' });
    });
    this.#stop.hidden = true;
    const attach = button({ label: 'Mention a file', icon: 'mention' }, () => {
      this.#type('@');
    });
    const commands = button({ label: 'Commands', icon: 'terminal' }, () => {
      if (this.#text.value === '') {
        this.#type('/');
      }
    });
    const buttons = h('div', { class: 'composer-buttons' }, attach, commands, h('span', { class: 'space' }), this.#stop, this.#send);
    this.element = h('div', { class: 'composer' }, this.#list.element, this.#chips, this.#text, this.#notice, buttons);
    const { draft, attachments } = host.kept;
    this.#text.value = draft;
    this.#attachments = attachments;
    this.#listen();
    this.#changed();
  }

  focus(): void {
    this.#text.focus();
  }

  set placeholder(text: string) {
    this.#text.placeholder = text;
  }

  set prompts(prompts: readonly string[]) {
    this.#history = new PromptHistory(prompts);
  }

  set running(running: boolean) {
    this.#stop.hidden = !running;
  }

  /** What is selected in the editor; it can be taken along. */
  set selection(selection: Attachment | undefined) {
    this.#selection = selection;
    this.#showChips();
  }

  attach(attachment: Attachment): void {
    this.#attachments = [...this.#attachments.filter((each) => !isSame(each, attachment)), attachment];
    this.#changed();
    this.focus();
  }

  /** Change a prompt that was sent: what is sent next goes on from before it. */
  edit(turnId: string, prompt: string): void {
    this.#editing = turnId;
    this.#text.value = prompt;
    this.#changed();
    this.focus();
  }

  /** A prompt that could not be sent is put back, unless another was begun. */
  putBack(text: string, message: string): void {
    if (this.#text.value === '') {
      this.#text.value = text;
      this.#changed();
    }
    this.#notice.textContent = message;
  }

  suggest(request: number, suggestions: Suggestion[]): void {
    if (request === this.#request && this.#trigger?.kind === 'mention') {
      this.#showSuggestions(suggestions);
    }
  }

  #listen(): void {
    this.#text.addEventListener('input', () => {
      this.#changed();
      this.#notice.textContent = '';
    });
    this.#text.addEventListener('selectionchange', () => {
      this.#look();
    });
    this.#text.addEventListener('blur', () => {
      this.#showSuggestions([]);
    });
    this.#text.addEventListener('keydown', (event) => {
      if (!event.isComposing && this.#key(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  /** @returns whether the key was for us. */
  #key(event: KeyboardEvent): boolean {
    const isWhole = event.key === 'Enter' && slashCommand(this.#text.value) !== undefined;
    if (this.#list.isOpen && !isWhole && this.#list.key(event.key)) {
      this.#point();
      return true;
    }
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey || event.altKey) {
          return false;
        }
        this.#submit();
        return true;
      case 'Escape':
        return this.#escape();
      case 'ArrowUp':
        return this.#text.selectionEnd === 0 && this.#recall(this.#history.previous(this.#text.value), 0);
      case 'ArrowDown':
        return this.#text.selectionStart === this.#text.value.length && this.#recall(this.#history.next());
      default:
        return false;
    }
  }

  #escape(): boolean {
    if (this.#editing !== undefined) {
      this.#editing = undefined;
      this.#text.value = '';
      this.#changed();
      return true;
    }
    if (!this.#stop.hidden) {
      this.#host.say({ type: 'stop' });
      return true;
    }
    return false;
  }

  #recall(prompt: string | undefined, caret?: number): boolean {
    if (prompt === undefined) {
      return false;
    }
    this.#text.value = prompt;
    this.#text.setSelectionRange(caret ?? prompt.length, caret ?? prompt.length);
    this.#changed();
    return true;
  }

  #submit(): void {
    const text = this.#text.value.trim();
    if (text === '') {
      return;
    }
    const command = slashCommand(text);
    if (command !== undefined) {
      this.#host.say({ type: 'command', ...command });
    } else if (this.#editing !== undefined) {
      this.#host.say({ type: 'resend', turnId: this.#editing, text });
    } else {
      this.#host.say({ type: 'send', text, attachments: this.#attachments });
    }
    this.#history.add(text);
    this.#editing = undefined;
    this.#attachments = [];
    this.#text.value = '';
    this.#notice.textContent = '';
    this.#changed();
  }

  #type(sign: string): void {
    this.#text.focus();
    const { value, selectionStart } = this.#text;
    const space = sign === '@' && selectionStart > 0 && !/\s/.test(value.charAt(selectionStart - 1)) ? ' ' : '';
    this.#text.setRangeText(space + sign, selectionStart, this.#text.selectionEnd, 'end');
    this.#changed();
  }

  #changed(): void {
    this.#host.keep({ draft: this.#text.value, attachments: this.#attachments });
    this.#send.disabled = this.#text.value.trim() === '';
    requestAnimationFrame(() => {
      this.#fit();
    });
    this.#showChips();
    this.#look();
  }

  /** As high as its text. */
  #fit(): void {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  /** See whether something is being typed that can be completed. */
  #look(): void {
    const trigger = document.activeElement === this.#text ? triggerAt(this.#text.value, this.#text.selectionEnd) : undefined;
    if (trigger?.kind === this.#trigger?.kind && trigger?.query === this.#trigger?.query) {
      return;
    }
    this.#trigger = trigger;
    if (trigger?.kind === 'mention') {
      this.#request += 1;
      this.#host.say({ type: 'suggest', request: this.#request, query: trigger.query });
    } else {
      this.#showSuggestions(trigger === undefined ? [] : slashSuggestions(trigger.query));
    }
  }

  #complete({ insert }: Suggestion): void {
    if (this.#trigger !== undefined) {
      this.#text.setRangeText(`${insert} `, this.#trigger.start, this.#text.selectionEnd, 'end');
      this.#showSuggestions([]);
      this.#changed();
      this.#text.focus();
    }
  }

  #showSuggestions(suggestions: Suggestion[]): void {
    this.#list.show(suggestions);
    this.#point();
  }

  #point(): void {
    if (this.#list.activeId === undefined) {
      this.#text.removeAttribute('aria-activedescendant');
    } else {
      this.#text.setAttribute('aria-activedescendant', this.#list.activeId);
    }
  }

  #showChips(): void {
    const taken = this.#attachments.map((attachment) => {
      const name = attachmentName(attachment);
      const remove = button({ label: `Leave out ${name}`, icon: 'close' }, () => {
        this.#attachments = this.#attachments.filter((each) => each !== attachment);
        this.#changed();
      });
      return h('span', { class: 'chip' }, icon('list-selection'), name, remove);
    });
    const selection = this.#selection;
    const offered = selection !== undefined && !this.#attachments.some((each) => isSame(each, selection));
    const add = offered
      ? button({ text: `Add ${attachmentName(selection)}`, icon: 'add', kind: 'chip offer' }, () => {
          this.attach(selection);
        })
      : undefined;
    const editing = this.#editing === undefined ? undefined : h('span', { class: 'chip' }, icon('repo-forked'), 'Editing: sends in a fork');
    this.#chips.replaceChildren(...[editing, ...taken, add].filter((each) => each !== undefined));
  }
}

function slashSuggestions(query: string): Suggestion[] {
  return SLASH_COMMANDS.filter(({ name }) => name.startsWith(query)).map(({ name, takes, detail }) => ({
    ...{ insert: `/${name}`, label: takes === '' ? `/${name}` : `/${name} ${takes}`, detail, icon: 'chevron-right' },
  }));
}
