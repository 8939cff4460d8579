// The panel's page: what the extension says goes in here, and each part shows what concerns it.

import { Conversation } from '../src/conversation';
import type { Surroundings, ToPanel } from '../src/panel/wire';
import type { Session } from '../src/protocol';
import type { ShownTurn } from '../src/shownTurn';
import { shortfall } from '../src/wording';
import { AsksView } from './asks';
import { Composer } from './composer';
import { h, icon } from './dom';
import type { Host } from './host';
import { meters, modeButton } from './meters';
import { StateView } from './states';
import { Transcript } from './transcript';

export class Panel {
  readonly #title = h('h1', {});
  readonly #banner = h('div', { class: 'banner', role: 'status', hidden: true });
  readonly #meters = h('div', { class: 'meters' });
  /** For those who listen: what happened, in a few words. */
  readonly #announcer = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  readonly #host: Host;
  readonly #transcript: Transcript;
  readonly #state: StateView;
  readonly #asks: AsksView;
  readonly #composer: Composer;
  #conversation: Conversation | undefined;
  #surroundings: Surroundings | undefined;
  #loading = true;
  #failure: string | undefined;

  constructor(root: HTMLElement, host: Host) {
    this.#host = host;
    this.#composer = new Composer(host);
    const edit = (turnId: string, prompt: string): void => {
      this.#composer.edit(turnId, prompt);
    };
    this.#transcript = new Transcript(host, edit);
    this.#state = new StateView(host);
    this.#asks = new AsksView(host);
    const middle = h('main', { class: 'middle' }, this.#state.element, this.#transcript.element, this.#transcript.toEnd);
    const foot = h('footer', {}, this.#asks.element, this.#composer.element, this.#meters);
    root.append(h('header', {}, this.#title, this.#banner), middle, foot, this.#announcer);
    this.#showState();
  }

  take(message: ToPanel): void {
    switch (message.type) {
      case 'surroundings':
        this.#surroundings = message.surroundings;
        this.#composer.selection = message.surroundings.selection;
        this.#showState();
        break;
      case 'loading':
        this.#loading = true;
        this.#failure = undefined;
        this.#showState();
        break;
      case 'failed':
        this.#loading = false;
        this.#failure = message.message;
        this.#showState();
        break;
      case 'conversation':
        this.#show(message);
        break;
      case 'update':
        this.#update(message.update);
        break;
      case 'turns':
        this.#put(message.turns);
        break;
      case 'session':
        this.#showSession(message.session);
        break;
      case 'interrupted':
        this.#conversation?.interrupt();
        this.#put(this.#conversation?.turns ?? []);
        break;
      case 'asks':
        this.#announce(this.#asks.update(message.asks).join('. '));
        break;
      case 'suggestions':
        this.#composer.suggest(message.request, message.suggestions);
        break;
      case 'refused':
        this.#composer.putBack(message.text, message.message);
        break;
      case 'attach':
        this.#composer.attach(message.attachment);
        break;
      case 'focus':
        (message.place === 'ask' ? this.#asks : this.#composer).focus();
        break;
      default:
        message satisfies never;
    }
  }

  #showSession(session: Session): void {
    if (this.#conversation?.sessionId === session.sessionId) {
      this.#conversation.session = session;
      this.#showHead(this.#surroundings);
      this.#showMeters();
    }
  }

  #show({ snapshot, prompts }: Extract<ToPanel, { type: 'conversation' }>): void {
    this.#loading = false;
    this.#failure = undefined;
    this.#conversation = snapshot && new Conversation(snapshot);
    this.#composer.prompts = prompts;
    this.#transcript.show(this.#conversation?.turns ?? []);
    this.#showState();
  }

  /** Turns that changed otherwise than by updates. */
  #put(turns: readonly ShownTurn[]): void {
    turns.forEach((turn) => {
      this.#conversation?.put(turn);
      this.#transcript.update(turn);
    });
    this.#showState();
  }

  #update(update: Extract<ToPanel, { type: 'update' }>['update']): void {
    const conversation = this.#conversation;
    if (conversation?.sessionId !== update.sessionId) {
      return;
    }
    conversation.apply(update);
    const turn = conversation.turn(update.turnId);
    if (turn !== undefined) {
      this.#transcript.update(turn);
    }
    switch (update.update.kind) {
      case 'waiting':
        this.#announce(turn?.waiting ?? '');
        this.#showState();
        break;
      case 'turn_started':
        this.#announce('Claude is working');
        this.#showState();
        break;
      case 'turn_ended':
        this.#announce(shortfall(update.update.result) ?? 'Claude has answered');
        this.#showState();
        break;
      case 'usage_update':
        this.#showMeters();
        break;
      default:
        break; // shown by the turn itself
    }
  }

  #announce(words: string): void {
    if (words !== '') {
      this.#announcer.textContent = words;
    }
  }

  #showState(): void {
    const surroundings = this.#surroundings;
    const turns = this.#conversation?.turns ?? [];
    this.#transcript.element.hidden = turns.length === 0;
    if (turns.length > 0) {
      this.#state.hide();
    } else if (surroundings?.server === 'stopped') {
      this.#state.serverStopped();
    } else if (this.#loading || surroundings === undefined || surroundings.server === 'starting') {
      this.#state.loading();
    } else if (this.#failure !== undefined) {
      this.#state.failed(this.#failure);
    } else {
      this.#state.empty(surroundings);
    }
    this.#showHead(surroundings);
    this.#showMeters();
    this.#composer.running = this.#conversation?.isRunning === true;
    const about = surroundings?.file ?? 'the workspace';
    this.#composer.placeholder = turns.length > 0 ? 'Reply, @ to mention, / for commands' : `Ask about ${about}`;
  }

  #showHead(surroundings: Surroundings | undefined): void {
    const session = this.#conversation?.session;
    const title = session?.title ?? surroundings?.file ?? 'Workspace';
    const mark = surroundings?.pinned === true ? [icon('pinned'), h('span', { class: 'unseen' }, 'pinned: ')] : [];
    this.#title.replaceChildren(...mark, title);
    this.#title.title = title;
    const words = bannerWords(surroundings, (this.#conversation?.turns.length ?? 0) > 0);
    this.#banner.hidden = words === undefined;
    this.#banner.replaceChildren(...(words === undefined ? [] : [icon('info'), h('span', {}, words)]));
  }

  #showMeters(): void {
    const conversation = this.#conversation;
    const { budgets = [], warnAtPercent = 100 } = this.#surroundings ?? {};
    const turns = conversation?.turns ?? [];
    const costUsd = turns.reduce((sum, turn) => sum + turn.costUsd, 0);
    const context = turns.findLast((turn) => turn.context !== undefined)?.context ?? conversation?.session?.context;
    const mode = modeButton(conversation?.session?.mode ?? this.#surroundings?.usualMode ?? 'default', () => {
      this.#host.say({ type: 'run', action: 'mode' });
    });
    const measured = turns.length === 0 ? [] : meters({ costUsd, context, budgets, warnAtPercent });
    this.#meters.replaceChildren(...measured, ...(this.#surroundings?.nothingOpen === true ? [] : [mode]));
  }
}

function bannerWords(surroundings: Surroundings | undefined, hasTurns: boolean): string | undefined {
  if (surroundings?.server === 'stopped' && hasTurns) {
    return 'The server is not running. Send a message to start it again.';
  }
  return surroundings?.offline === true ? 'Offline: a built-in reviewer answers by rules. It is not Claude.' : undefined;
}
