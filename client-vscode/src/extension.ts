// Puts the extension together. Everything it holds is disposed of with its context.

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import { ActiveFile } from './activeFile';
import { Activity } from './activity';
import { Asks } from './asks';
import { registerCommands, type Areas } from './commands';
import { PermissionsList } from './consentCommands';
import { ContextKeys } from './contextKeys';
import { Conversations } from './conversations';
import { DebugCommands } from './debug/commands';
import { failureLinks } from './debug/terminal';
import { DebugTracker } from './debug/tracker';
import { EditorContext } from './editorContext/provider';
import { FindingsArea } from './findings/area';
import { askQuestion, editorContext, requestPermission, saveDocument, sessionUpdate } from './messages';
import { SECTION } from './names';
import { Pages } from './pages';
import { PanelController } from './panel/controller';
import { PanelMessages } from './panel/messages';
import { PanelView } from './panel/view';
import { ReviewCommands } from './reviewCommands';
import { Returning } from './returning';
import { Server } from './server';
import { ServerCommands } from './serverCommands';
import { SessionCommands } from './sessionCommands';
import { dropsOnEditors } from './sessionsView/dropping';
import { SessionsView } from './sessionsView/view';
import { Spending } from './spending';
import { StatusBar } from './statusBar';
import { TurnCommands } from './turnCommands';
import { TurnRunner } from './turnRunner';

let running: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const pages = new Pages();
  const active = new ActiveFile();
  const conversations = new Conversations();
  const view = new PanelView(context.extensionUri);
  const returning = new Returning(view);
  const tracker = new DebugTracker();
  const asks = new Asks(() => {
    panel.tellAsks();
    activity.asking = asks.open.length;
    show();
    if (asks.open.length > 0 && !view.isVisible) {
      void view.show();
    }
  });
  const connect = (client: LanguageClient): void => {
    client.onNotification(sessionUpdate, (update) => {
      [activity, panel, findings, sessionsView, spending, runner].forEach((each) => {
        each.apply(update);
      });
      show();
      // A review shows itself by its diagnostics; what was asked for in words is answered in the panel.
      if (update.update.kind === 'turn_started' && update.update.turn.kind !== 'review' && !view.isVisible) {
        void view.show();
      }
    });
    answerQuestions(client, asks, new EditorContext(client, active, tracker));
  };
  const server = new Server(context, connect);
  running = server;
  const activity = new Activity();
  const statusBar = new StatusBar(activity);
  const keys = new ContextKeys(activity);
  const show = (): void => {
    statusBar.update();
    keys.update();
  };
  const spending = new Spending(server, activity, () => {
    show();
    panel.tellSurroundings();
  });
  const panel = new PanelController({ server, view, returning, active, conversations, asks, activity });
  const messages = new PanelMessages({ server, view, controller: panel, active, asks, pages });
  server.onStateChanged((state) => {
    activity.serverIs(state);
    panel.serverIs(state);
    show();
  });
  const sessions = new SessionCommands({ server, panel, active, conversations });
  const runner = new TurnRunner(server);
  const findings = new FindingsArea(server);
  const bind = (sessionId: string, uri: string): Promise<void> => sessions.bind(sessionId, uri);
  const sessionsView = new SessionsView(server, returning, bind);
  context.subscriptions.push(
    ...[tracker, failureLinks(), findings, sessionsView, dropsOnEditors(bind), spending, pages, active, returning, view, panel, server, statusBar],
    view.onSaid((message) => void messages.take(message)),
    ...registerCommands({ ...turnAreas({ server, active, tracker, runner }), server, sessions, panel, findings, sessionsView, about: new ServerCommands(server, pages) }),
    restartedByItsSetting(server),
  );
  void server.restart();
}

interface TurnParts {
  server: Server;
  active: ActiveFile;
  tracker: DebugTracker;
  runner: TurnRunner;
}

/** What has Claude do something, or lets it. */
function turnAreas({ server, active, tracker, runner }: TurnParts): Pick<Areas, 'reviews' | 'turns' | 'debug' | 'permissions'> {
  const turns = new TurnCommands(server, active, runner);
  const debug = new DebugCommands(server, tracker, turns);
  return { turns, debug, reviews: new ReviewCommands(server, active, runner), permissions: new PermissionsList(server) };
}

function answerQuestions(client: LanguageClient, asks: Asks, context: EditorContext): void {
  client.onRequest(requestPermission, (request, token) => asks.permission(request, token));
  client.onRequest(askQuestion, (request, token) => asks.question(request, token));
  client.onRequest(editorContext, (request) => context.answer(request));
  client.onRequest(saveDocument, ({ uri, version }) => context.save(uri, version));
}

function restartedByItsSetting(server: Server): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${SECTION}.server`)) {
      void server.restart();
    }
  });
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
