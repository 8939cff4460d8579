// Runs a program to its end, and tells what it printed.

import { spawn } from 'node:child_process';

export interface Ended {
  /** The exit status; null for one that could not be started or was ended by a signal. */
  status: number | null;
  output: string;
}

/** @param onLine is given each line that the program prints, as it comes. */
export type Run = (command: string, args: readonly string[], onLine?: (line: string) => void, signal?: AbortSignal) => Promise<Ended>;

const OUTPUT_LIMIT = 64 * 1024;

export const run: Run = (command, args, onLine, signal) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }), windowsHide: true });
    let output = '';
    const parts = [lines(onLine), lines(onLine)];
    [child.stdout, child.stderr].forEach((stream, at) => {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-OUTPUT_LIMIT);
        parts[at]?.(text);
      });
    });
    child.on('error', (error) => {
      resolve({ status: null, output: `${output}${error.message}` });
    });
    child.on('close', (status) => {
      resolve({ status, output });
    });
  });

/** Cuts what comes in pieces into lines. */
function lines(onLine: ((line: string) => void) | undefined): (text: string) => void {
  let rest = '';
  return (text) => {
    const whole = `${rest}${text}`.split(/\r?\n/);
    rest = whole.pop() ?? '';
    whole.filter((line) => line.trim() !== '').forEach((line) => onLine?.(line));
  };
}
