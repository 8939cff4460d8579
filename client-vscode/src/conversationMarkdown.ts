// A conversation as Markdown, for the editor's own preview: the latest turn first, since a preview
// cannot be made to scroll.

import type { Conversation, ShownTurn } from './conversation';
import { harmless, harmlessLine } from './harmless';
import type { Finding, ToolStatus } from './protocol';
import { dollars, outcome, shortfall } from './wording';

const MARKS: Record<ToolStatus, string> = { pending: '○', in_progress: '◐', completed: '●', failed: '✗' };

export function conversationMarkdown(conversation: Conversation): string {
  const turns = conversation.turns.toReversed().map(turnMarkdown);
  const body = turns.length > 0 ? turns.join('\n\n---\n\n') : 'Nothing has been said yet.';
  return `# ${harmlessLine(conversation.title)}\n\n${body}\n`;
}

function turnMarkdown(turn: ShownTurn): string {
  const sections = [
    quoted(harmless(turn.prompt)),
    turn.ended === undefined ? turn.tools.map(toolMarkdown).join('\n') : '',
    turn.findings.map(findingMarkdown).join('\n'),
    harmless(turn.text),
    turn.notice === undefined ? '' : `*${harmlessLine(turn.notice)}*`,
    ending(turn),
  ];
  return sections.filter((section) => section.trim() !== '').join('\n\n');
}

function ending(turn: ShownTurn): string {
  if (turn.ended === undefined) {
    return '*…*';
  }
  const short = shortfall(turn.ended);
  const sum = turn.result === undefined ? dollars(turn.ended.cost.turnUsd) : outcome(turn.result);
  return `${short === undefined ? '' : `**${harmlessLine(short)}** `}*${sum}*`;
}

/** What Claude does is of interest while it does it. */
function toolMarkdown({ status, title }: ShownTurn['tools'][number]): string {
  return `- ${MARKS[status]} ${harmlessLine(title)}`;
}

function findingMarkdown(finding: Finding): string {
  const file = decodeURIComponent(finding.uri.slice(finding.uri.lastIndexOf('/') + 1));
  const place = `${harmlessLine(file)}:${finding.range.start.line + 1}`;
  return `- **${finding.severity}** ${place} ${harmlessLine(finding.title)}`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
