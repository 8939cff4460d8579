// Cuts Markdown that is still arriving into blocks that are finished and one that may go on.
//
// What is finished is rendered once and never looked at again, so that the price of a reply is that
// of its last block, however long it has become. Where a block ends, Markdown's own grammar says.

import MarkdownIt from 'markdown-it';

/** Finds blocks, and looks into none of them. */
const outline = new MarkdownIt();
outline.core.ruler.enableOnly(['normalize', 'block']);

export interface Open {
  readonly text: string;
  /** A fence that is not closed yet: what language it says, and what stands in it. */
  readonly fence: { language: string; code: string } | undefined;
}

export class Blocks {
  #open = '';
  #fence: { language: string; start: number } | undefined;

  /** @returns the blocks that this finished, in order. */
  append(text: string): string[] {
    const hasNewLine = text.includes('\n');
    this.#open += text;
    return hasNewLine ? this.#cut() : [];
  }

  /** No more will come. @returns what was still open, block by block. */
  finish(): string[] {
    const finished = this.#cut();
    return [...finished, this.#take()];
  }

  #take(): string {
    const rest = this.#open;
    this.#open = '';
    this.#fence = undefined;
    return rest;
  }

  get open(): Open {
    const fence = this.#fence && { language: this.#fence.language, code: this.#open.slice(this.#fence.start) };
    return { text: this.#open, fence };
  }

  #cut(): string[] {
    const lines = lineStarts(this.#open);
    const blocks = outline.parse(this.#open, {}).filter((token) => token.level === 0 && token.map !== null);
    const starts = [...new Set(blocks.map((token) => lines[token.map?.[0] ?? 0] ?? 0))];
    const finished = starts.slice(1).map((start, index) => this.#open.slice(index === 0 ? 0 : starts[index], start));
    const last = blocks.at(-1);
    this.#open = this.#open.slice(starts.length > 1 ? starts.at(-1) : 0);
    this.#fence = undefined;
    if (last?.type === 'fence' && last.map !== null) {
      const opening = this.#open.indexOf('\n') + 1;
      if (opening > 0 && !isClosed(this.#open, last.markup)) {
        this.#fence = { language: language(last.info), start: opening };
      } else if (opening > 0 && this.#open.endsWith('\n')) {
        return [...finished, this.#take()];
      }
    }
    return finished;
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
