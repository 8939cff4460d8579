// What the tests need of other extensions. It does nothing until one of its commands asks for it, so that it can
// be installed in every window.

'use strict';

const vscode = require('vscode');

exports.activate = (context) => {
  const commands = { showTerminal, failTest: () => failTest(context), knowPython: () => knowPython(context) };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(`companion.${name}`, run));
  }
  const files = new OneFile();
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('companion', files, { isReadonly: true }));
};

/** A terminal without a process, that shows what the workspace's `terminal.txt` says. */
async function showTerminal() {
  const text = await fileOfWorkspace('terminal.txt');
  const written = new vscode.EventEmitter();
  const pty = {
    onDidWrite: written.event,
    open: () => written.fire(text.replaceAll('\n', '\r\n')),
    close: () => undefined,
  };
  vscode.window.createTerminal({ name: 'Companion', pty }).show();
}

/** A test that failed, as the workspace's `test.json` says: `{label, file, line, message, expected?, actual?}`. */
async function failTest(context) {
  const { label, file, line, message, expected, actual } = JSON.parse(await fileOfWorkspace('test.json'));
  const uri = inWorkspace(file);
  const controller = vscode.tests.createTestController('companion', 'Companion');
  context.subscriptions.push(controller);
  const item = controller.createTestItem(label, label, uri);
  item.range = new vscode.Range(line, 0, line, 0);
  controller.items.add(item);
  const told = new vscode.TestMessage(message);
  told.location = new vscode.Location(uri, new vscode.Position(line, 0));
  told.expectedOutput = expected;
  told.actualOutput = actual;
  const run = controller.createTestRun(new vscode.TestRunRequest([item]));
  run.started(item);
  run.failed(item, told);
  run.end();
}

/** What a language server would tell of Python's functions. */
function knowPython(context) {
  const python = { language: 'python' };
  const nameAt = (document, position) => document.getText(document.getWordRangeAtPosition(position));
  const places = (document, pattern) =>
    [...document.getText().matchAll(pattern)].map((match) => {
      const start = document.positionAt(match.index + match[0].length - match.at(-1).length);
      return new vscode.Range(start, document.positionAt(match.index + match[0].length));
    });
  const locations = (document, pattern) => places(document, pattern).map((range) => new vscode.Location(document.uri, range));
  context.subscriptions.push(
    vscode.languages.registerHoverProvider(python, {
      provideHover: (document, position) => new vscode.Hover(`The companion knows \`${nameAt(document, position)}\`.`),
    }),
    vscode.languages.registerDefinitionProvider(python, {
      provideDefinition: (document, position) => locations(document, new RegExp(`def (${nameAt(document, position)})`, 'g')),
    }),
    vscode.languages.registerReferenceProvider(python, {
      provideReferences: (document, position) => locations(document, new RegExp(`\\b(${nameAt(document, position)})\\b`, 'g')),
    }),
    vscode.languages.registerDocumentSymbolProvider(python, {
      provideDocumentSymbols: (document) =>
        places(document, /def (\w+)/g).map(
          (range) => new vscode.DocumentSymbol(document.getText(range), '', vscode.SymbolKind.Function, range, range),
        ),
    }),
  );
}

/** A folder that is on no disk, with a file in it. */
class OneFile {
  onDidChangeFile = new vscode.EventEmitter().event;

  stat({ path }) {
    return { type: this.#isFile(path) ? vscode.FileType.File : vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  readDirectory() {
    return [['far.py', vscode.FileType.File]];
  }

  readFile() {
    return new TextEncoder().encode('FAR = True\n');
  }

  watch() {
    return new vscode.Disposable(() => undefined);
  }

  // VS Code wants all of a file system's methods, though this one is to be read only.
  createDirectory = refused;
  writeFile = refused;
  delete = refused;
  rename = refused;

  /** VS Code looks for settings and the like, which are not there. */
  #isFile(path) {
    if (path.endsWith('/far.py')) {
      return true;
    }
    if (path.split('/').length > 2) {
      throw vscode.FileSystemError.FileNotFound(path);
    }
    return false;
  }
}

function refused(uri) {
  throw vscode.FileSystemError.NoPermissions(uri);
}

function inWorkspace(file) {
  const [folder] = vscode.workspace.workspaceFolders;
  return vscode.Uri.joinPath(folder.uri, file);
}

async function fileOfWorkspace(name) {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(inWorkspace(name)));
}
