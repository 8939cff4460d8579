// Where a block of code from a reply belongs in a file: over the definition that it begins with.

/** The first and the last line that it stands in place of, counted from 0. */
export interface Place {
  startLine: number;
  endLine: number;
}

/** Undefined unless exactly one line of the text begins as the code does. */
export function placeFor(code: string, text: string): Place | undefined {
  const codeLines = code.split(/\r?\n/);
  const first = codeLines.find((line) => line.trim() !== '');
  const lines = text.split(/\r?\n/);
  const head = first && signature(first);
  if (head === undefined || head === '') {
    return undefined;
  }
  const starts = lines.flatMap((line, number) => (signature(line) === head ? [number] : []));
  const [startLine] = starts;
  return starts.length === 1 && startLine !== undefined ? { startLine, endLine: endOf(lines, startLine) } : undefined;
}

/** The code as it stands at a depth: its own indentation is exchanged for that of the place. */
export function indentedAs(code: string, line: string): string {
  const lines = code.split(/\r?\n/);
  const own = indentation(lines.find((each) => each.trim() !== '') ?? '');
  const wanted = indentation(line);
  return lines.map((each) => (each.startsWith(own) && each.trim() !== '' ? wanted + each.slice(own.length) : each)).join('\n');
}

/** A definition by its name: parameters may have changed. */
function signature(line: string): string {
  const trimmed = line.trim();
  const [, named] = /^((?:[\w.]+\s+)+[\w.]+)\s*[(:={<]/.exec(trimmed) ?? [];
  return named ?? trimmed;
}

/** Where what begins on a line ends: what is indented below it, and the bracket that closes it. */
function endOf(lines: readonly string[], start: number): number {
  const depth = indentation(lines[start] ?? '').length;
  let end = start;
  for (let number = start + 1; number < lines.length; number++) {
    const line = lines[number] ?? '';
    if (line.trim() === '') {
      continue;
    }
    const deeper = indentation(line).length > depth;
    if (deeper) {
      end = number;
    } else {
      const closes = indentation(line).length === depth && /^[}\])]|^end\b/.test(line.trim());
      return closes ? number : end;
    }
  }
  return end;
}

function indentation(line: string): string {
  return line.slice(0, line.length - line.trimStart().length);
}
