// Every name that is part of a contract, once. The server's own are in lsp/names.py, those of the
// commands below also in package.json; tests compare them.

export const SECTION = 'claudeSidecar';

/** What the server does, by `workspace/executeCommand`. The language client registers these. */
export const ServerCommand = {
  review: 'claudeSidecar.review',
  debug: 'claudeSidecar.debug',
  ask: 'claudeSidecar.ask',
  cancel: 'claudeSidecar.cancel',
  sessionNew: 'claudeSidecar.session.new',
  sessionList: 'claudeSidecar.session.list',
  sessionResume: 'claudeSidecar.session.resume',
  sessionHistory: 'claudeSidecar.session.history',
  usage: 'claudeSidecar.usage',
  status: 'claudeSidecar.status',
} as const;

/** What the user picks: these ask for what is needed, then call the server. */
export const UserCommand = {
  reviewFile: 'claudeSidecar.reviewFile',
  reviewSelection: 'claudeSidecar.reviewSelection',
  askClaude: 'claudeSidecar.askClaude',
  debugError: 'claudeSidecar.debugError',
  cancelTurn: 'claudeSidecar.cancelTurn',
  newSession: 'claudeSidecar.newSession',
  resumeSession: 'claudeSidecar.resumeSession',
  showConversation: 'claudeSidecar.showConversation',
  showUsage: 'claudeSidecar.showUsage',
  showStatus: 'claudeSidecar.showStatus',
  restartServer: 'claudeSidecar.restartServer',
  showLog: 'claudeSidecar.showLog',
} as const;

/** Messages from the server beyond LSP's own. */
export const Method = {
  sessionUpdate: 'claudeSidecar/sessionUpdate',
  requestPermission: 'claudeSidecar/requestPermission',
  askQuestion: 'claudeSidecar/askQuestion',
} as const;
