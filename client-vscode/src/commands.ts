// Every command of the user's, by its name: what it is given by menus, code actions, tree items and the panel
// is made sense of here.

import * as vscode from 'vscode';

import { askSubject } from './askSubject';
import type { PermissionsList } from './consentCommands';
import type { DebugCommands } from './debug/commands';
import type { FindingsArea } from './findings/area';
import { UserCommand } from './names';
import { explained } from './problems';
import type { Session } from './protocol';
import type { ReviewCommands } from './reviewCommands';
import type { Server } from './server';
import type { ServerCommands } from './serverCommands';
import type { SessionCommands } from './sessionCommands';
import type { SessionsView } from './sessionsView/view';
import { isRecord } from './shape';
import type { TurnCommands } from './turnCommands';
import type { PanelController } from './panel/controller';

type Run = (...args: unknown[]) => unknown;
type Table = Partial<Record<keyof typeof UserCommand, Run>>;

export interface Areas {
  server: Server;
  reviews: ReviewCommands;
  turns: TurnCommands;
  permissions: PermissionsList;
  sessions: SessionCommands;
  about: ServerCommands;
  panel: PanelController;
  findings: FindingsArea;
  sessionsView: SessionsView;
  debug: DebugCommands;
}

/** @returns what unregisters them. */
export function registerCommands(areas: Areas): vscode.Disposable[] {
  const table = { ...reviewTable(areas), ...turnTable(areas), ...sessionTable(areas), ...findingTable(areas), ...serverTable(areas) };
  return Object.entries(table).map(([name, run]) => register(areas.server, UserCommand[name as keyof typeof UserCommand], run));
}

/** Failing is told to the user, in the server's words. */
export function register(server: Server, command: string, run: Run): vscode.Disposable {
  return vscode.commands.registerCommand(command, async (...args: unknown[]) => {
    try {
      await run(...args);
    } catch (error) {
      server.log.error(String(error));
      void vscode.window.showErrorMessage(explained(error));
    }
  });
}

function reviewTable({ reviews }: Areas): Table {
  return {
    reviewFile: (argument) => reviews.file(uriIn(argument), wordsIn(argument)),
    reviewSelection: () => reviews.selection(),
    reviewFor: (argument) => reviews.pickedFor(uriIn(argument)),
    reviewWorkspaceChanges: (argument) => reviews.changes(rootIn(argument)),
    estimateReview: () => reviews.estimate(),
  };
}

function turnTable({ turns, debug, panel }: Areas): Table {
  /** Do something in a session: that of an item in the list, else the one that is shown. */
  const inSession = (argument: unknown, run: (sessionId: string) => Promise<void>): Promise<void> | undefined => {
    const sessionId = sessionIn(argument)?.sessionId ?? panel.conversation?.sessionId;
    if (sessionId !== undefined) {
      return run(sessionId);
    }
    void vscode.window.showInformationMessage('There is no conversation here yet.');
    return undefined;
  };
  return {
    askClaude: (argument) => turns.ask(askSubject(argument)),
    explain: (argument) => turns.explain(askSubject(argument)),
    fix: () => turns.fix(),
    debugError: (argument) => turns.debugError(wordsIn(argument)),
    debugCommand: (argument) => turns.debugCommand(wordsIn(argument)),
    debugStopped: () => debug.stoppedProgram(),
    debugTerminal: () => debug.terminalSelection(),
    debugTest: (argument) => debug.failedTest(argument),
    runSteps: () => turns.runSteps(),
    resumeSteps: () => turns.resumeSteps(panel.place),
    continueTurn: (argument) => inSession(argument, (id) => turns.again('turnContinue', id)),
    retryTurn: (argument) => inSession(argument, (id) => turns.again('turnRetry', id)),
    cancelTurn: () => turns.cancel(),
    compact: (argument) => inSession(argument, (id) => turns.compact(id, wordsIn(argument))),
  };
}

function sessionTable({ sessions, permissions, panel, sessionsView }: Areas): Table {
  return {
    refreshSessions: () => {
      sessionsView.refresh();
    },
    searchSessions: () => sessionsView.search(),
    clearSessionSearch: () => sessionsView.clearSearch(),
    newSession: (argument) => sessions.newSession(uriIn(argument)),
    resumeSession: (argument) => sessions.resume(sessionIn(argument)),
    forkSession: (argument) => sessions.fork(sessionIn(argument)),
    renameSession: (argument) => sessions.rename(sessionIn(argument), wordsIn(argument)),
    deleteSession: (argument) => sessions.delete(sessionIn(argument)),
    exportSession: (argument) => sessions.export(sessionIn(argument)),
    continueInTerminal: (argument) => sessions.continueInTerminal(sessionIn(argument)),
    rewind: (argument) => sessions.rewind(sessionIn(argument)),
    chooseMode: (argument) => sessions.chooseMode(sessionIn(argument)),
    showPermissions: () => permissions.show(),
    showConversation: (argument) => {
      const id = isRecord(argument) && typeof argument['sessionId'] === 'string' ? argument['sessionId'] : undefined;
      return id === undefined ? sessions.showConversation() : sessions.showSession(id);
    },
    pin: () => panel.pin(true),
    unpin: () => panel.pin(false),
    addSelection: () => panel.attachSelection(),
    answerRequest: () => panel.focus('ask'),
  };
}

function findingTable({ findings: { commands, tree } }: Areas): Table {
  return {
    openFinding: (argument) => commands.open(argument),
    applyFinding: (argument) => commands.apply(argument),
    applyFindings: (argument) => commands.applyAll(argument),
    fixFinding: (argument) => commands.fix(argument),
    verifyFinding: (argument) => commands.verify(argument),
    dismissFinding: (argument) => commands.dismiss(argument),
    dismissFindings: (argument) => commands.dismissAll(argument),
    reopenFinding: (argument) => commands.reopen(argument),
    replyToFinding: (argument) => commands.reply(argument),
    groupFindingsByFile: () => tree.groupBy('file'),
    groupFindingsBySeverity: () => tree.groupBy('severity'),
  };
}

function serverTable({ server, about }: Areas): Table {
  return {
    showUsage: () => about.usage(),
    showStatus: () => about.status(),
    doctor: () => {
      about.doctor();
    },
    logIn: () => about.logIn(),
    restartServer: () => server.restart(),
    showLog: () => {
      server.log.show();
    },
  };
}

function uriIn(argument: unknown): vscode.Uri | undefined {
  return argument instanceof vscode.Uri ? argument : undefined;
}

/** The repository that the source control view means. */
function rootIn(argument: unknown): vscode.Uri | undefined {
  const root = isRecord(argument) ? argument['rootUri'] : undefined;
  return root instanceof vscode.Uri ? root : uriIn(argument);
}

function wordsIn(argument: unknown): string | undefined {
  return isRecord(argument) && typeof argument['words'] === 'string' ? argument['words'] : undefined;
}

/** The session of an item in the sessions view. */
function sessionIn(argument: unknown): Session | undefined {
  return isRecord(argument) && isRecord(argument['session']) ? (argument['session'] as unknown as Session) : undefined;
}
