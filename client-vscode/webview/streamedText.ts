// A reply as it streams in. Finished blocks are rendered once, as frames have time for them; the one
// that is still growing is rendered anew at most once a frame, and as plain text where it is long and cannot
// be parted.
//
// Blocks stand in stretches. One that is full and was laid out is `past`: the browser leaves it out where it
// is out of sight, so that a frame's price does not grow with what is there already.

import { Blocks, type Block } from './blocks';
import { CodeBlock, type CodeActions } from './codeBlock';
import { h } from './dom';
import type { Frames, View } from './frames';
import { Markdown } from './markdown';

/** An open block of more characters than this is shown as it is until it is finished. */
const LONG = 8_000;
/** Blocks in a stretch: a few screens of text. */
const STRETCH = 24;

export class StreamedText implements View {
  readonly element = h('div', { class: 'markdown' });
  readonly #blocks = new Blocks();
  readonly #markdown: Markdown;
  readonly #actions: CodeActions;
  readonly #frames: Frames;
  #waiting: Block[] = [];
  /** The blocks that are rendered, and how many targets of links were known then. */
  #settled: { block: Block; targets: number }[] = [];
  #stretch: HTMLElement | undefined;
  #full: HTMLElement[] = [];
  #ended = false;
  #taken = 0;
  #tail: HTMLElement | undefined;
  #plain: Text | undefined;
  #code: CodeBlock | undefined;

  constructor(frames: Frames, actions: CodeActions) {
    this.#frames = frames;
    this.#actions = actions;
    this.#markdown = new Markdown(actions);
  }

  /** Take in the text as it is now; it only ever grows. @param ended no more will come. */
  update(text: string, ended: boolean): void {
    const added = text.slice(this.#taken);
    this.#taken = text.length;
    this.#waiting.push(...(added === '' ? [] : this.#blocks.append(added)));
    this.#ended = ended;
    if (ended) {
      this.#waiting.push(...this.#blocks.finish());
    }
    if (added !== '' || ended) {
      this.#frames.request(this);
    }
  }

  work(hasTime: () => boolean): boolean {
    this.#full.splice(0).forEach((stretch) => {
      stretch.classList.add('past');
    });
    while (this.#waiting.length > 0) {
      if (!hasTime()) {
        return true;
      }
      this.#waiting.splice(0, 1).forEach((block) => {
        this.#settle(block);
      });
      this.#lookBack();
    }
    this.#showOpen();
    return false;
  }

  /** At the end, links may have targets that were not known when they were rendered: then all is rendered anew. */
  #lookBack(): void {
    const isDone = this.#ended && this.#waiting.length === 0;
    if (isDone && this.#settled.some(({ targets }) => targets < this.#markdown.targets)) {
      this.#waiting = this.#settled.map(({ block }) => block);
      this.#settled = [];
      this.#stretch = undefined;
      this.#full = [];
      this.element.replaceChildren();
    }
  }

  /** Render a finished block in place of what was shown of it. */
  #settle(block: Block): void {
    this.#dropTail();
    if (block.text.trim() !== '') {
      this.#lastStretch().append(this.#rendered(block, true));
      this.#settled.push({ block, targets: this.#markdown.targets });
    }
  }

  #showOpen(): void {
    const open = this.#blocks.open;
    const { text, fence } = open;
    if (text.trim() === '') {
      this.#dropTail();
    } else if (fence !== undefined) {
      this.#showCode(fence.language, fence.code);
    } else if (text.length > LONG) {
      this.#showPlain(text);
    } else {
      this.#newTail().replaceChildren(this.#rendered(open, false));
      this.#code = this.#plain = undefined;
    }
  }

  #rendered({ text, head, continues }: Block, isWhole: boolean): DocumentFragment {
    const fragment = this.#markdown.render(head + text, isWhole);
    if (continues) {
      for (const element of fragment.children) {
        element.classList.add('continued');
      }
    }
    return fragment;
  }

  #showCode(language: string, code: string): void {
    if (this.#code === undefined || this.#code.length > code.length) {
      this.#code = new CodeBlock(language, this.#actions);
      this.#newTail().replaceChildren(this.#code.element);
      this.#plain = undefined;
    }
    this.#code.append(code.slice(this.#code.length));
  }

  #showPlain(text: string): void {
    if (this.#plain === undefined || this.#plain.length > text.length) {
      this.#plain = document.createTextNode('');
      this.#newTail().replaceChildren(h('p', { class: 'long' }, this.#plain));
      this.#code = undefined;
    }
    this.#plain.appendData(text.slice(this.#plain.length));
  }

  #newTail(): HTMLElement {
    if (this.#tail === undefined) {
      this.#tail = h('div', { class: 'growing' });
      this.#lastStretch().append(this.#tail);
    }
    return this.#tail;
  }

  /** The stretch that has room for a block. */
  #lastStretch(): HTMLElement {
    if (this.#stretch === undefined || this.#stretch.childElementCount >= STRETCH) {
      if (this.#stretch !== undefined) {
        this.#full.push(this.#stretch);
      }
      this.#stretch = h('div', { class: 'stretch' });
      this.element.append(this.#stretch);
    }
    return this.#stretch;
  }

  #dropTail(): void {
    this.#tail?.remove();
    this.#tail = this.#plain = this.#code = undefined;
  }
}
