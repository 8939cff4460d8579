// Where a name stands in a text: on a line if it is there, else nearest to it, else the first.

export interface Spot {
  line: number;
  character: number;
}

/** @param near a line, counted from 0. */
export function symbolPosition(text: string, symbol: string, near: number | undefined): Spot | undefined {
  const last = symbol.slice(Math.max(symbol.lastIndexOf('.'), symbol.lastIndexOf(':')) + 1);
  if (last === '') {
    return undefined;
  }
  const word = new RegExp(`(?<![\\p{ID_Continue}$])${escaped(last)}(?![\\p{ID_Continue}$])`, 'u');
  const spots = text.split(/\r\n|\r|\n/).flatMap((line, number): Spot[] => {
    const found = word.exec(line);
    return found === null ? [] : [{ line: number, character: found.index }];
  });
  const distance = ({ line }: Spot): number => (near === undefined ? line : Math.abs(line - near));
  return spots.sort((one, other) => distance(one) - distance(other))[0];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
