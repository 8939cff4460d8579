// What the server is told of the section: all but what only this client knows, and trust.

import { SECTION } from './names';

/** Settings under our section that are not the server's. */
const CLIENT_ONLY = ['server', 'trace'];

/**
 * The section as the server takes it.
 *
 * @param section the value of `claudeSidecar`, as the editor has it.
 * @param trusted whether the user trusts the workspace.
 */
export function forServer(section: unknown, trusted: boolean): Record<string, unknown> {
  const settings = typeof section === 'object' && section !== null ? section : {};
  const kept = Object.entries(settings).filter(([name]) => !CLIENT_ONLY.includes(name));
  return { ...Object.fromEntries(kept), trusted };
}

/** The answer to one item of `workspace/configuration`, `value` being what the editor would say. */
export function answer(section: string | undefined, value: unknown, trusted: boolean): unknown {
  return section === SECTION ? forServer(value, trusted) : value;
}
