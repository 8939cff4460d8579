// Finds the server's program as the user's settings and machine have it, and makes an environment for it
// where there is none: the part of launching that knows VS Code.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

import { SECTION } from '../names';
import { EnvironmentFailed, Environments, type Bundle } from './environment';
import { run } from './processes';
import { findProgram, onPath, type Program } from './program';
import { findPython, usual, OLDEST, type Python } from './pythons';

/** The server cannot be started before the user does something; `message` says what. */
export class NoProgram extends Error {
  /** Whether a Python would help. */
  readonly wantsPython: boolean;

  constructor(message: string, wantsPython: boolean) {
    super(message);
    this.wantsPython = wantsPython;
  }
}

/** What this uses of the Python extension's API. */
interface PythonExtension {
  environments?: { getActiveEnvironmentPath(): { path: string } };
}

export class Launcher {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
  }

  /** @throws NoProgram with what the user can do. */
  async program(): Promise<Program> {
    const setting = vscode.workspace.getConfiguration(SECTION).get<string | null>('server.path');
    const program = await findProgram(
      setting,
      () => onPath(process.env, process.platform),
      () => this.#environment(),
    );
    this.#log.info(`The server is ${program.command} (${program.source}).`);
    return program;
  }

  async #environment(): Promise<string> {
    const version = (this.#context.extension.packageJSON as { version: string }).version;
    const folder = join(this.#context.globalStorageUri.fsPath, 'server');
    const environments = new Environments(folder, version, process.platform);
    return (await environments.existing(run)) ?? (await this.#made(environments));
  }

  async #made(environments: Environments): Promise<string> {
    const bundle = await this.#bundle();
    const chosen = await chosenPython();
    const { found, refused } = await findPython([...chosen, ...usual(process.platform)], run);
    refused.forEach(({ python, reason }) => {
      this.#log.info(`${python.join(' ')} ${reason}.`);
    });
    if (found === undefined) {
      const mine = chosen.length > 0 ? ` ${chosen[0]?.join(' ') ?? ''} ${refused[0]?.reason ?? ''}.` : '';
      throw new NoProgram(`Claude Sidecar's server needs Python ${OLDEST.join('.')} or newer, and none was found.${mine}`, true);
    }
    return this.#withProgress(environments, found, bundle);
  }

  async #withProgress(environments: Environments, python: Python, bundle: Bundle): Promise<string> {
    const options = { location: vscode.ProgressLocation.Notification, title: 'Claude Sidecar', cancellable: true };
    return vscode.window.withProgress(options, async (progress, cancellation) => {
      const abort = new AbortController();
      cancellation.onCancellationRequested(() => {
        abort.abort();
      });
      const onStep = (step: string): void => {
        progress.report({ message: `${step} (this is done once)…` });
        this.#log.info(`${step}, with ${python.join(' ')}`);
      };
      const onLine = (line: string): void => {
        this.#log.debug(line);
      };
      try {
        return await environments.make({ python, bundle, run, signal: abort.signal, onStep, onLine });
      } catch (error) {
        if (abort.signal.aborted) {
          throw new NoProgram('The installation of the Claude Sidecar server was cancelled. Restart the server to try again.', false);
        }
        throw error instanceof EnvironmentFailed
          ? new NoProgram(`The Claude Sidecar server could not be installed. ${error.message}`, false)
          : error;
      }
    });
  }

  async #bundle(): Promise<Bundle> {
    const folder = join(this.#context.extensionPath, 'server');
    const names = await readdir(folder).catch((): string[] => []);
    const wheel = names.find((name) => name.endsWith('.whl'));
    if (wheel === undefined) {
      throw new NoProgram('claude-sidecar is not on the PATH, and this build of the extension brings no server along.', false);
    }
    return { wheel: join(folder, wheel), lock: join(folder, 'requirements.lock') };
  }
}

/** The Python that the user has chosen for the workspace: by the Python extension, or in its setting. */
async function chosenPython(): Promise<Python[]> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  const active = extension && (await extension.activate()).environments?.getActiveEnvironmentPath().path;
  const setting = vscode.workspace.getConfiguration('python').get<string>('defaultInterpreterPath');
  return [active, setting].filter((path): path is string => path !== undefined && path !== '' && path !== 'python').map((path): Python => [path]);
}
