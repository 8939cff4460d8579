// Makes Markdown that came from a model safe to preview.
//
// The editor's preview loads images from anywhere and renders HTML, so a reply could send what it
// has read to a stranger in an image's address. Between the characters that would begin an image, a
// tag or a math block stands a word joiner here, which nobody sees. Code in fences that begin
// at a line's start is left as it is: no Markdown reading takes those for anything else.

const JOINER = '\u2060';
const FENCE = /^(`{3,}|~{3,})(.*)$/;

/** The same text, with images, HTML and math blocks disarmed, and every fence closed. */
export function harmless(markdown: string): string {
  let fence: string | undefined;
  const lines = markdown.split(/\r\n|\r|\n/).map((line) => {
    const [, marks, rest] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) && rest?.trim() === '') {
        fence = undefined;
      }
      return line;
    }
    if (marks !== undefined && (marks.startsWith('~') || !rest?.includes('`'))) {
      fence = marks;
      return line;
    }
    return disarmed(line);
  });
  return [...lines, ...(fence === undefined ? [] : [fence])].join('\n');
}

/** The same for a text that stands on one line, such as a title. */
export function harmlessLine(text: string): string {
  return disarmed(text.replace(/\s+/g, ' ').trim());
}

function disarmed(line: string): string {
  return line
    .replace(/<(?=[A-Za-z/!?])/g, `<${JOINER}`)
    .replace(/!(?=\[)/g, `!${JOINER}`)
    .replace(/\$(?=\$)/g, `$${JOINER}`);
}
