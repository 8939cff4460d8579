// What a menu of the testing views gives, as words for Claude: the test, and what it failed with as far as the
// editor hands that out.

import { isCount, isObject, isOptional, isRecord, isString } from '../shape';

const isPlace = isObject({ uri: isObject({ fsPath: isString }), range: isOptional(isObject({ start: isObject({ line: isCount }) })) });

/** @param argument `{test, message}` from the menu of a message, a test item from that of a test; undefined if it is neither. */
export function failureOf(argument: unknown): string | undefined {
  if (!isRecord(argument)) {
    return undefined;
  }
  const { message, test } = argument;
  const item = isRecord(test) ? test : argument;
  const label = isString(item['label']) ? item['label'] : undefined;
  const said = isRecord(message) ? toldBy(message) : textOf(item['error']);
  if (said === undefined && label === undefined) {
    return undefined;
  }
  const place = placeOf(isRecord(message) ? message['location'] : undefined) ?? placeOf(item);
  const head = `${label ?? 'A test'} failed${place === undefined ? '' : ` at ${place}`}`;
  // Where only the test is given, its message stays with the editor.
  return said === undefined ? `${head}. Run it to see how.` : `${head}:\n${said}`;
}

/** The message, with what was expected and what came, where it is one of two values. */
function toldBy(message: Record<string, unknown>): string | undefined {
  const { expectedOutput, actualOutput } = message;
  const values = [
    ...(isString(expectedOutput) ? [`Expected: ${expectedOutput}`] : []),
    ...(isString(actualOutput) ? [`Actual: ${actualOutput}`] : []),
  ];
  const text = textOf(message['message']);
  return text === undefined && values.length === 0 ? undefined : [...(text === undefined ? [] : [text]), ...values].join('\n');
}

/** A text, or one in Markdown; undefined where it is empty. */
function textOf(value: unknown): string | undefined {
  const text = isRecord(value) ? value['value'] : value;
  return isString(text) && text.trim() !== '' ? text : undefined;
}

function placeOf(value: unknown): string | undefined {
  if (!isPlace(value)) {
    return undefined;
  }
  return value.range === undefined ? value.uri.fsPath : `${value.uri.fsPath}:${value.range.start.line + 1}`;
}
