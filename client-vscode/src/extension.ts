// Puts the extension together. Everything it holds is disposed of with its context.

import * as vscode from 'vscode';
import { ResponseError, type LanguageClient } from 'vscode-languageclient/node';

import { ActiveFile } from './activeFile';
import { Activity } from './activity';
import { askSubject } from './askSubject';
import { Conversations } from './conversations';
import { askQuestion, requestPermission, sessionUpdate } from './messages';
import { SECTION, UserCommand } from './names';
import { OneAtATime } from './oneAtATime';
import { Pages } from './pages';
import { Permissions } from './permissions';
import type { AskSubject, TurnError } from './protocol';
import { Questions } from './questions';
import { statusMarkdown, usageMarkdown } from './reports';
import { Server } from './server';
import { SessionCommands } from './sessionCommands';
import { Spending } from './spending';
import { StatusBar } from './statusBar';
import { TurnCommands } from './turnCommands';

let running: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const pages = new Pages();
  const conversations = new Conversations(pages);
  const activity = new Activity();
  const statusBar = new StatusBar(activity);
  const dialogs = new OneAtATime();
  const permissions = new Permissions(dialogs, pages);
  const questions = new Questions(dialogs);

  const asking = async <T>(question: () => Promise<T>): Promise<T> => {
    activity.questionAsked();
    statusBar.update();
    try {
      return await question();
    } finally {
      activity.questionAnswered();
      statusBar.update();
    }
  };

  const connect = (client: LanguageClient): void => {
    client.onNotification(sessionUpdate, (update) => {
      activity.apply(update);
      statusBar.update();
      conversations.apply(update);
      if (update.update.kind === 'turn_ended') {
        void spending.refresh();
      }
    });
    client.onRequest(requestPermission, (request, token) => asking(() => permissions.ask(request, token)));
    client.onRequest(askQuestion, (request, token) => asking(() => questions.ask(request, token)));
  };

  const server = new Server(context, connect);
  running = server;
  const spending = new Spending(server, activity, () => {
    statusBar.update();
  });
  server.onStateChanged((state) => {
    activity.serverIs(state);
    statusBar.update();
    if (state === 'running') {
      void spending.refresh();
    }
  });
  context.subscriptions.push(spending, pages, statusBar, server, ...register(server, pages, conversations));
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.server`)) {
        void server.restart();
      }
    }),
  );
  void server.restart();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** Every command of ours, in one table. */
function register(server: Server, pages: Pages, conversations: Conversations): { dispose: () => unknown }[] {
  const active = new ActiveFile();
  const sessions = new SessionCommands(server, conversations, active);
  const turns = new TurnCommands(server, sessions, active);
  const commands: Record<keyof typeof UserCommand, (uri?: vscode.Uri, named?: AskSubject) => Promise<void> | void> = {
    reviewFile: (uri) => turns.reviewFile(uri),
    reviewSelection: () => turns.reviewSelection(),
    askClaude: (_uri, named) => turns.ask(named),
    debugError: () => turns.debugError(),
    cancelTurn: () => turns.cancel(),
    newSession: () => sessions.newSession(),
    resumeSession: () => sessions.resume(),
    showConversation: () => sessions.showConversation(),
    showUsage: async () => {
      const usage = await server.execute('usage', {});
      await pages.show('usage', 'Claude usage', () => usageMarkdown(usage));
    },
    showStatus: async () => {
      const status = await server.execute('status', undefined);
      await pages.show('status', 'Claude status', () => statusMarkdown(status));
    },
    restartServer: () => server.restart(),
    showLog: () => {
      server.log.show();
    },
  };
  const registered = Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(UserCommand[name as keyof typeof UserCommand], async (argument: unknown) => {
      try {
        const uri = argument instanceof vscode.Uri ? argument : undefined;
        await run(uri, uri === undefined ? askSubject(argument) : undefined);
      } catch (error) {
        server.log.error(String(error));
        void vscode.window.showErrorMessage(explained(error));
      }
    }),
  );
  return [active, ...registered];
}

/** An error in the server's words, with what it says can be done about it. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const hint = error instanceof ResponseError ? (error.data as Partial<TurnError> | undefined)?.hint : undefined;
  return hint === undefined ? error.message : `${error.message} ${hint}`;
}
