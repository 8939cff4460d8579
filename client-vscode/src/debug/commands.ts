// Debugging with what the editor knows: a stopped program, a terminal, a failed test.

import * as vscode from 'vscode';

import type { Server } from '../server';
import type { TurnCommands } from '../turnCommands';
import { failureOf } from './failedTest';
import { stoppedAt } from './state';
import { terminalSelection } from './terminal';
import type { DebugTracker } from './tracker';

export class DebugCommands {
  readonly #server: Server;
  readonly #tracker: DebugTracker;
  readonly #turns: TurnCommands;

  constructor(server: Server, tracker: DebugTracker, turns: TurnCommands) {
    this.#server = server;
    this.#tracker = tracker;
    this.#turns = turns;
  }

  /** The program that is stopped: its frames and variables go along. */
  async stoppedProgram(): Promise<void> {
    const state = await this.#tracker.state(await this.#server.uris());
    if (state === undefined || state.frames.length === 0) {
      void vscode.window.showInformationMessage('No program is stopped in the debugger. Set a breakpoint, or break on exceptions.');
      return;
    }
    const uri = state.frames.find((frame) => frame.uri !== undefined)?.uri;
    await this.#turns.debugState(`Debugging ${stoppedAt(state)}`, { debugState: state, ...(uri !== undefined && { uri }) });
  }

  async terminalSelection(): Promise<void> {
    const error = await terminalSelection();
    if (error === undefined) {
      void vscode.window.showInformationMessage('Select the error in the terminal first.');
      return;
    }
    await this.#turns.debugError(error);
  }

  /** @param argument what the testing views give: an item, with its messages where it failed. */
  async failedTest(argument: unknown): Promise<void> {
    const failure = failureOf(argument);
    if (failure === undefined) {
      void vscode.window.showInformationMessage('Choose a failed test in the testing view first.');
      return;
    }
    await this.#turns.debugError(failure);
  }
}
