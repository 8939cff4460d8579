// Every name that is part of a contract, once. The server's own are in lsp/names.py, those of the
// commands below also in package.json; tests compare them.

export const SECTION = 'claudeSidecar';

/** What the server does, by `workspace/executeCommand`. The language client registers these. */
export const ServerCommand = {
  review: 'claudeSidecar.review',
  reviewChanges: 'claudeSidecar.reviewChanges',
  debug: 'claudeSidecar.debug',
  ask: 'claudeSidecar.ask',
  fix: 'claudeSidecar.fix',
  runSteps: 'claudeSidecar.runSteps',
  cancel: 'claudeSidecar.cancel',
  turnContinue: 'claudeSidecar.turn.continue',
  turnRetry: 'claudeSidecar.turn.retry',
  sessionNew: 'claudeSidecar.session.new',
  sessionList: 'claudeSidecar.session.list',
  sessionResume: 'claudeSidecar.session.resume',
  sessionHistory: 'claudeSidecar.session.history',
  sessionFork: 'claudeSidecar.session.fork',
  sessionRename: 'claudeSidecar.session.rename',
  sessionDelete: 'claudeSidecar.session.delete',
  sessionCompact: 'claudeSidecar.session.compact',
  sessionRewind: 'claudeSidecar.session.rewind',
  sessionHandover: 'claudeSidecar.session.handover',
  sessionExport: 'claudeSidecar.session.export',
  findingList: 'claudeSidecar.finding.list',
  findingApply: 'claudeSidecar.finding.apply',
  findingDismiss: 'claudeSidecar.finding.dismiss',
  findingReopen: 'claudeSidecar.finding.reopen',
  findingVerify: 'claudeSidecar.finding.verify',
  usage: 'claudeSidecar.usage',
  status: 'claudeSidecar.status',
} as const;

/** What the user picks: these ask for what is needed, then call the server. */
export const UserCommand = {
  reviewFile: 'claudeSidecar.reviewFile',
  reviewSelection: 'claudeSidecar.reviewSelection',
  reviewWorkspaceChanges: 'claudeSidecar.reviewWorkspaceChanges',
  askClaude: 'claudeSidecar.askClaude',
  addSelection: 'claudeSidecar.addSelection',
  explain: 'claudeSidecar.explain',
  fix: 'claudeSidecar.fixHere',
  debugError: 'claudeSidecar.debugError',
  debugStopped: 'claudeSidecar.debugStopped',
  debugTerminal: 'claudeSidecar.debugTerminal',
  debugTest: 'claudeSidecar.debugTest',
  runSteps: 'claudeSidecar.carryOutSteps',
  cancelTurn: 'claudeSidecar.cancelTurn',
  newSession: 'claudeSidecar.newSession',
  resumeSession: 'claudeSidecar.resumeSession',
  forkSession: 'claudeSidecar.forkSession',
  renameSession: 'claudeSidecar.renameSession',
  deleteSession: 'claudeSidecar.deleteSession',
  exportSession: 'claudeSidecar.exportSession',
  continueInTerminal: 'claudeSidecar.continueInTerminal',
  rewind: 'claudeSidecar.rewind',
  compact: 'claudeSidecar.compact',
  showConversation: 'claudeSidecar.showConversation',
  pin: 'claudeSidecar.pin',
  unpin: 'claudeSidecar.unpin',
  answerRequest: 'claudeSidecar.answerRequest',
  openFinding: 'claudeSidecar.openFinding',
  applyFinding: 'claudeSidecar.applyFinding',
  fixFinding: 'claudeSidecar.fixFinding',
  verifyFinding: 'claudeSidecar.verifyFinding',
  dismissFinding: 'claudeSidecar.dismissFinding',
  reopenFinding: 'claudeSidecar.reopenFinding',
  replyToFinding: 'claudeSidecar.replyToFinding',
  groupFindingsByFile: 'claudeSidecar.groupFindingsByFile',
  groupFindingsBySeverity: 'claudeSidecar.groupFindingsBySeverity',
  refreshSessions: 'claudeSidecar.refreshSessions',
  searchSessions: 'claudeSidecar.searchSessions',
  clearSessionSearch: 'claudeSidecar.clearSessionSearch',
  showUsage: 'claudeSidecar.showUsage',
  showStatus: 'claudeSidecar.showStatus',
  doctor: 'claudeSidecar.doctor',
  logIn: 'claudeSidecar.logIn',
  restartServer: 'claudeSidecar.restartServer',
  showLog: 'claudeSidecar.showLog',
} as const;

/** Views that the extension contributes. */
export const VIEW = {
  panel: 'claudeSidecar.panel',
  sessions: 'claudeSidecar.sessions',
  findings: 'claudeSidecar.findings',
} as const;

/** What menus and key bindings can ask for in their `when`. */
export const CONTEXT = {
  pinned: 'claudeSidecar.pinned',
  running: 'claudeSidecar.running',
  asking: 'claudeSidecar.asking',
  stopped: 'claudeSidecar.stopped',
  server: 'claudeSidecar.serverState',
  findingsBy: 'claudeSidecar.findingsBy',
  searchingSessions: 'claudeSidecar.searchingSessions',
} as const;

/** Messages from the server beyond LSP's own. */
export const Method = {
  sessionUpdate: 'claudeSidecar/sessionUpdate',
  requestPermission: 'claudeSidecar/requestPermission',
  askQuestion: 'claudeSidecar/askQuestion',
  editorContext: 'claudeSidecar/editorContext',
  saveDocument: 'claudeSidecar/saveDocument',
} as const;
