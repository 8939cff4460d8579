// Where a block that has grown long may be parted, so that its beginning can be rendered for good while it still
// grows: between items, rows, quoted blocks, lines of code or sentences.

import type { Token } from 'markdown-it';

/** A part of a block that is finished, and what its rest has to begin with to be read as what it is. */
export interface Part {
  /** Characters of the text that it takes. */
  readonly length: number;
  /** The head of a table whose rows go on; else empty. */
  readonly head: string;
}

/**
 * @param tokens of the text, as the block parser gives them.
 * @param lines where each line of the text starts.
 * @returns undefined where it cannot be parted.
 */
export function partOf(text: string, tokens: readonly Token[], lines: readonly number[]): Part | undefined {
  const [first] = tokens;
  switch (first?.type) {
    case 'bullet_list_open':
    case 'ordered_list_open':
      return atLast(startsOf(tokens, 'list_item_open', 1), lines);
    case 'blockquote_open':
      return atLast(startsOf(tokens, undefined, 1), lines);
    case 'table_open': {
      const part = atLast(startsOf(tokens, 'tr_open', 2).slice(1), lines);
      return part && { ...part, head: text.slice(0, lines[2]) };
    }
    case 'code_block':
      return lines.length < 3 ? undefined : { length: lines.at(-1) ?? 0, head: '' };
    case 'paragraph_open':
      return afterSentence(text);
    default:
      return undefined;
  }
}

function startsOf(tokens: readonly Token[], type: string | undefined, level: number): number[] {
  const parts = tokens.filter((token) => token.level === level && token.nesting >= 0 && (type === undefined || token.type === type));
  return parts.flatMap(({ map }) => (map === null ? [] : [map[0]]));
}

/** The last one may go on: what stands before it is finished. */
function atLast(starts: readonly number[], lines: readonly number[]): Part | undefined {
  const last = starts.at(-1);
  const length = starts.length < 2 || last === undefined ? 0 : (lines[last] ?? 0);
  return length === 0 ? undefined : { length, head: '' };
}

/** After the last sentence with which all that was opened in the text is closed. */
function afterSentence(text: string): Part | undefined {
  const opened = new Opened();
  let read = 0;
  let length = 0;
  for (const { index, 0: space } of text.matchAll(/(?<=[.!?:;][*_`)"”]?)\s+(?=[\p{L}`*("“])|\n(?=[\p{L}`("“])/gu)) {
    opened.read(text.slice(read, index));
    read = index;
    if (opened.isNothing && isText(text.slice(index + space.length, index + space.length + 12))) {
      length = index + space.length;
    }
  }
  return length === 0 ? undefined : { length, head: '' };
}

/** What of a text's markup is not closed yet. */
class Opened {
  #code = 0;
  #strong = 0;
  #emphasis = 0;
  #brackets = 0;
  #parentheses = 0;

  read(text: string): void {
    const count = (sign: string): number => text.split(sign).length - 1;
    const strong = count('**');
    this.#code += count('`');
    this.#strong += strong;
    this.#emphasis += count('*') - 2 * strong;
    this.#brackets += count('[') - count(']');
    this.#parentheses += count('(') - count(')');
  }

  get isNothing(): boolean {
    const isEven = [this.#code, this.#strong, this.#emphasis].every((number) => number % 2 === 0);
    return isEven && this.#brackets === 0 && this.#parentheses === 0;
  }
}

/** Not something else at a line's start, such as an item. */
function isText(text: string): boolean {
  return !/^(?:[*+-]\s|\d+[.)]\s|#{1,6}\s|>|\||`{3}|={2,}|-{2,})/.test(text);
}
