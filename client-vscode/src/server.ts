// The language server's process and the connection to it, over restarts.

import * as vscode from 'vscode';
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
  WorkDoneProgressCancelNotification,
  type CloseHandlerResult,
  type ErrorHandler,
  type ExecuteCommandParams,
  type LanguageClientOptions,
  type StaticFeature,
  ExecuteCommandRequest,
} from 'vscode-languageclient/node';

import type { ServerState } from './activity';
import { CONTEXT_KINDS } from './editorContext/kinds';
import { BackOff } from './launching/backOff';
import { Launcher } from './launching/launcher';
import { tellNotStarted } from './launching/notStarted';
import type { Program } from './launching/program';
import { ServerCommand, SECTION } from './names';
import type { Commands } from './commandShapes';
import { answer, forServer } from './serverSettings';

/** What this client handles of the server's own messages; anything else it would do by LSP alone. */
const CAPABILITIES = { sessionUpdates: true, permissions: true, questions: true, editorContext: CONTEXT_KINDS, saves: true };

const experimental: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), [SECTION]: CAPABILITIES };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

type Argument<C extends keyof Commands> = Commands[C]['argument'];
type Result<C extends keyof Commands> = Commands[C]['result'];

/** Thrown when something is asked of a server that is not there. */
export class ServerDown extends Error {
  constructor() {
    super('The Claude Sidecar server is not running.');
  }
}

/** Leaves it to us to tell the user that the server could not be started, and what to do about it. */
class Client extends LanguageClient {
  override error(message: string, data?: unknown, showNotification?: boolean | 'force'): void {
    super.error(message, data, this.state === State.StartFailed ? false : showNotification);
  }
}

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Claude Sidecar', { log: true });
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly #executed = new vscode.EventEmitter<keyof Commands>();
  readonly #trace = vscode.window.createOutputChannel('Claude Sidecar Trace', { log: true });
  readonly #launcher: Launcher;
  readonly #backOff = new BackOff();
  readonly #connect: (client: LanguageClient) => void;
  readonly #subscriptions: vscode.Disposable;
  #client: LanguageClient | undefined;
  #program: Program | undefined;
  #serial: Promise<void> = Promise.resolve();
  readonly onStateChanged = this.#stateChanged.event;
  /** A command of this window's was carried out. */
  readonly onExecuted = this.#executed.event;

  /** @param connect adds the handlers of the server's own messages to each new connection. */
  constructor(context: vscode.ExtensionContext, connect: (client: LanguageClient) => void) {
    this.#launcher = new Launcher(context, this.log);
    this.#connect = connect;
    this.#subscriptions = vscode.workspace.onDidGrantWorkspaceTrust(() => this.#sendSettings());
  }

  /** Start it, or start it anew. Failing is told to the user. */
  restart(): Promise<void> {
    this.#serial = this.#serial.then(async () => {
      this.#backOff.reset();
      await this.#stop();
      await this.#start();
    });
    return this.#serial;
  }

  /** Start it if it is not running. @throws {ServerDown} if it does not come up. */
  async ensureRunning(): Promise<void> {
    await this.#serial;
    if (!this.#client?.isRunning()) {
      await this.restart();
    }
    await this.#running();
  }

  /** What was started last. */
  get program(): Program | undefined {
    return this.#program;
  }

  async #start(): Promise<void> {
    this.#stateChanged.fire('starting');
    try {
      this.#program = await this.#launcher.program();
      const { command, args } = this.#program;
      const server = { command, args, transport: TransportKind.stdio };
      const client = new Client(SECTION, 'Claude Sidecar', server, this.#options());
      this.#client = client;
      client.registerFeature(experimental);
      client.onDidChangeState(({ newState }) => {
        this.#stateIs(stateName(newState));
      });
      this.#connect(client);
      await client.start();
    } catch (error) {
      this.log.error(String(error));
      this.#stateChanged.fire('stopped');
      void tellNotStarted(error, this.log);
    }
  }

  #stateIs(state: ServerState): void {
    if (state === 'running') {
      this.#backOff.started(Date.now());
    }
    this.#stateChanged.fire(state);
  }

  /** What is done when the server is gone without having been asked to go. */
  readonly #onTrouble: ErrorHandler = {
    error: () => ({ action: ErrorAction.Continue }), // a connection that does not work any more is closed
    closed: async (): Promise<CloseHandlerResult> => {
      const crashed = this.#client;
      const wait = this.#backOff.crashed(Date.now());
      if (wait === undefined) {
        this.#stateChanged.fire('stopped');
        return { action: CloseAction.DoNotRestart, message: 'The Claude Sidecar server keeps crashing and is not started any more. See its log.' };
      }
      this.log.warn(`The server ended by itself and is started again in ${wait / 1000} s. Conversations are kept.`);
      this.#stateChanged.fire('starting');
      await new Promise((resolve) => setTimeout(resolve, wait));
      const action = this.#client === crashed ? CloseAction.Restart : CloseAction.DoNotRestart;
      return { action, handled: true };
    },
  };

  #options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: 'file' }],
      outputChannel: this.log,
      traceOutputChannel: this.#trace,
      errorHandler: this.#onTrouble,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: currentSettings(),
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const values = await next(params, token);
            const trusted = vscode.workspace.isTrusted;
            return Array.isArray(values)
              ? values.map((value: unknown, index) => answer(params.items[index]?.section, value, trusted))
              : values;
          },
          // The server registers for changes; it is told all of the section at each.
          didChangeConfiguration: () => this.#sendSettings(),
        },
      },
    };
  }

  /** Carry out one of the server's commands. */
  execute<C extends keyof Commands>(command: C, argument: Argument<C>): Promise<Result<C>> {
    return this.#send(command, argument, undefined);
  }

  /** The same with a notification that tells its progress and can cancel it. */
  async executeWithProgress<C extends keyof Commands>(title: string, command: C, argument: Argument<C>): Promise<Result<C>> {
    const token = crypto.randomUUID();
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, cancellation) => {
      const client = await this.#running();
      const reports = client.onProgress(WorkDoneProgress.type, token, (value) => {
        if (value.kind !== 'end' && value.message !== undefined) {
          progress.report({ message: value.message });
        }
      });
      const cancelled = cancellation.onCancellationRequested(() =>
        client.sendNotification(WorkDoneProgressCancelNotification.type, { token }),
      );
      try {
        return await this.#send(command, argument, token);
      } finally {
        reports.dispose();
        cancelled.dispose();
      }
    });
  }

  async #send<C extends keyof Commands>(command: C, argument: Argument<C>, workDoneToken: string | undefined): Promise<Result<C>> {
    const client = await this.#running();
    const params: ExecuteCommandParams = {
      command: ServerCommand[command],
      arguments: argument === undefined ? [] : [argument],
      ...(workDoneToken !== undefined && { workDoneToken }),
    };
    const result = (await client.sendRequest(ExecuteCommandRequest.type, params)) as Result<C>;
    this.#executed.fire(command);
    return result;
  }

  /** Diagnostics as they go over the wire. */
  async wireDiagnostics(diagnostics: vscode.Diagnostic[]): ReturnType<LanguageClient['code2ProtocolConverter']['asDiagnostics']> {
    const client = await this.#running();
    return client.code2ProtocolConverter.asDiagnostics(diagnostics);
  }

  /** How uris go over the wire. */
  async uris(): Promise<{ asUri(uri: vscode.Uri): string }> {
    return (await this.#running()).code2ProtocolConverter;
  }

  /** The connection; one that is being made is waited for. */
  async #running(): Promise<LanguageClient> {
    await this.#serial;
    if (!this.#client?.isRunning()) {
      throw new ServerDown();
    }
    return this.#client;
  }

  /** Tell the server the settings as they are now; it asks for those of a folder itself. */
  async #sendSettings(): Promise<void> {
    if (this.#client?.isRunning()) {
      const settings = { [SECTION]: currentSettings() };
      await this.#client.sendNotification(DidChangeConfigurationNotification.type, { settings });
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client?.needsStop()) {
      await client.stop().catch((error: unknown) => {
        this.log.warn(`The server did not stop as asked: ${String(error)}`);
      });
    }
    await client?.dispose().catch(() => undefined); // it was told above
  }

  async stop(): Promise<void> {
    this.#serial = this.#serial.then(() => this.#stop());
    await this.#serial;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#stateChanged.dispose();
    this.#executed.dispose();
    this.#trace.dispose();
    this.log.dispose();
  }
}

function currentSettings(): Record<string, unknown> {
  return forServer(vscode.workspace.getConfiguration().get(SECTION), vscode.workspace.isTrusted);
}

function stateName(state: State): ServerState {
  switch (state) {
    case State.Starting:
      return 'starting';
    case State.Running:
      return 'running';
    case State.Stopped:
    case State.StartFailed:
      return 'stopped';
    default:
      return state satisfies never;
  }
}
