// An environment of the extension's own for the server: made once for each version, from the wheel and
// the lock file that the extension brings along.

import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Run } from './processes';
import type { Python } from './pythons';

export class EnvironmentFailed extends Error {}

export interface Bundle {
  /** The server's wheel. */
  wheel: string;
  /** What it needs, in exact versions with hashes. */
  lock: string;
}

export interface Making {
  python: Python;
  bundle: Bundle;
  run: Run;
  signal: AbortSignal;
  /** What is being done, for a person who waits. */
  onStep: (step: string) => void;
  /** What pip prints. */
  onLine: (line: string) => void;
}

/** The environments of all versions, side by side in one folder, of which one is in use. */
export class Environments {
  readonly #folder: string;
  readonly #version: string;
  readonly #platform: NodeJS.Platform;

  constructor(folder: string, version: string, platform: NodeJS.Platform) {
    this.#folder = folder;
    this.#version = version;
    this.#platform = platform;
  }

  get #place(): string {
    return join(this.#folder, this.#version);
  }

  /** The Python of this version's environment, if that has been made and still runs. */
  async existing(run: Run): Promise<string | undefined> {
    const python = this.#pythonIn(this.#place);
    try {
      await access(python);
    } catch {
      return undefined;
    }
    // The Python it was made with may have been removed since.
    return (await run(python, ['-c', 'import claude_sidecar'])).status === 0 ? python : undefined;
  }

  /**
   * Make this version's environment: its Python.
   *
   * It is made beside its place and put there when it is whole, so that neither a window that is closed
   * meanwhile nor two that make it at once leave half of one.
   */
  async make(making: Making): Promise<string> {
    const draft = `${this.#place}.${crypto.randomUUID()}`;
    await mkdir(this.#folder, { recursive: true });
    try {
      await this.#fill(draft, making);
      await rm(this.#place, { recursive: true, force: true });
      await rename(draft, this.#place);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      const other = await this.existing(making.run);
      if (other === undefined) {
        throw error;
      }
      return other; // another window was faster
    }
    await this.#sweep();
    return this.#pythonIn(this.#place);
  }

  async #fill(draft: string, { python, bundle, run, signal, onStep, onLine }: Making): Promise<void> {
    const step = async (what: string, command: string, args: string[]): Promise<void> => {
      onStep(what);
      const { status, output } = await run(command, args, onLine, signal);
      signal.throwIfAborted();
      if (status !== 0) {
        throw new EnvironmentFailed(`${what} failed: ${lastWords(output)}`);
      }
    };
    const [command, ...args] = python;
    const own = this.#pythonIn(draft);
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install'];
    await step('Making a Python environment', command, [...args, '-m', 'venv', draft]);
    await step('Installing what the server needs', own, [...pip, '--require-hashes', '-r', bundle.lock]);
    await step('Installing the server', own, [...pip, '--no-deps', bundle.wheel]);
  }

  /** Remove the environments of other versions, and drafts that were left; what is in use stays. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (name !== this.#version) {
        await rm(join(this.#folder, name), { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }

  #pythonIn(folder: string): string {
    return this.#platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  }
}

function lastWords(output: string): string {
  const told = output.trim().split(/\r?\n/);
  return told.findLast((line) => line.startsWith('ERROR')) ?? told.at(-1) ?? 'it printed nothing';
}
