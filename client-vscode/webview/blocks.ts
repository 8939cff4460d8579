// Cuts Markdown that is still arriving into blocks that are finished and one that may go on.
//
// What is finished is rendered once and never looked at again, so that the price of a reply is that
// of its last block, however long it has become. Where a block ends, Markdown's own grammar says; one that
// grows long is parted.

import MarkdownIt from 'markdown-it';

import { partOf } from './parts';

/** Finds blocks, and looks into none of them. */
const outline = new MarkdownIt();
outline.core.ruler.enableOnly(['normalize', 'block']);

/** A block of more characters than this is parted where it can be. */
const LONG = 4_000;
/** By how many more it has grown when that is tried again. */
const AGAIN = 500;

export interface Block {
  readonly text: string;
  /** The block before this has its beginning. */
  readonly continues: boolean;
  /** What goes before the text when it is rendered: the head of a table that this has more rows of. */
  readonly head: string;
}

export interface Open extends Block {
  /** A fence that is not closed yet: what language it says, and what stands in it. */
  readonly fence: { language: string; code: string } | undefined;
}

const UNLINKED = { continues: false, head: '' };

export class Blocks {
  #open = '';
  /** What the open block has to do with the one before it. */
  #link = UNLINKED;
  #fence: { language: string; start: number } | undefined;
  /** How long it was when it could not be parted. */
  #tried = 0;

  get #isLong(): boolean {
    return this.#open.length > Math.max(LONG, this.#tried + AGAIN);
  }

  /** @returns the blocks that this finished, in order. */
  append(text: string): Block[] {
    const hasNewLine = text.includes('\n');
    this.#open += text;
    return hasNewLine || (this.#fence === undefined && this.#isLong) ? this.#cut() : [];
  }

  /** No more will come. @returns what was still open, block by block. */
  finish(): Block[] {
    const finished = this.#cut();
    return [...finished, this.#take(this.#open.length)];
  }

  /** Take the beginning of what is open as finished. @param link of what remains. */
  #take(length: number, link = UNLINKED): Block {
    const block = { text: this.#open.slice(0, length), ...this.#link };
    this.#open = this.#open.slice(length);
    this.#link = link;
    this.#fence = undefined;
    this.#tried = 0;
    return block;
  }

  get open(): Open {
    const fence = this.#fence && { language: this.#fence.language, code: this.#open.slice(this.#fence.start) };
    return { text: this.#open, ...this.#link, fence };
  }

  #cut(): Block[] {
    const { head } = this.#link;
    const text = head + this.#open;
    const lines = lineStarts(text);
    const tokens = outline.parse(text, {});
    const blocks = tokens.filter((token) => token.level === 0 && token.map !== null);
    const starts = [...new Set(blocks.map((token) => lines[token.map?.[0] ?? 0] ?? 0))];
    const lengths = starts.slice(1).map((start, index) => start - (index === 0 ? head.length : (starts[index] ?? 0)));
    const finished = lengths.map((length) => this.#take(length));
    const last = blocks.at(-1);
    this.#fence = undefined;
    if (last?.type === 'fence' && last.map !== null) {
      const opening = this.#open.indexOf('\n') + 1;
      if (opening > 0 && !isClosed(this.#open, last.markup)) {
        this.#fence = { language: language(last.info), start: opening };
      } else if (opening > 0 && this.#open.endsWith('\n')) {
        return [...finished, this.#take(this.#open.length)];
      }
    } else if (this.#isLong) {
      finished.push(...this.#part());
    }
    return finished;
  }

  /** What is finished of the one block that is open. */
  #part(): Block[] {
    const { head } = this.#link;
    const text = head + this.#open;
    const part = partOf(text, outline.parse(text, {}), lineStarts(text));
    if (part === undefined || part.length <= head.length) {
      this.#tried = this.#open.length;
      return [];
    }
    return [this.#take(part.length - head.length, { continues: true, head: part.head })];
  }
}

/** The first word of what stands behind a fence's marks. */
export function language(info: string): string {
  return info.trim().split(/\s+/, 1)[0] ?? '';
}

function isClosed(block: string, markup: string): boolean {
  const lines = block.trimEnd().split('\n');
  const last = lines.at(-1)?.trim() ?? '';
  return lines.length > 1 && last.startsWith(markup) && last.replaceAll(markup.charAt(0), '') === '';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
