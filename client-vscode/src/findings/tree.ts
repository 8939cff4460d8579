// The view that lists findings.

import * as vscode from 'vscode';

import { CONTEXT, UserCommand, VIEW } from '../names';
import type { Finding, Severity } from '../protocol';
import { count } from '../wording';
import { grouped, type Group, type Grouping } from './grouping';
import type { KnownFindings } from './known';

const ICONS: Record<Severity, [icon: string, color: string]> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  information: ['info', 'problemsInfoIcon.foreground'],
  hint: ['lightbulb', 'problemsInfoIcon.foreground'],
};

export type Node = Group | { kind: 'finding'; finding: Finding };

export class FindingsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #known: KnownFindings;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: { dispose: () => unknown }[];
  readonly onDidChangeTreeData = this.#changed.event;
  #grouping: Grouping = 'file';

  constructor(known: KnownFindings) {
    this.#known = known;
    this.#view = vscode.window.createTreeView<Node>(VIEW.findings, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      known.onChange(() => {
        this.#refresh();
      }),
    ];
    void this.groupBy('file');
  }

  async groupBy(grouping: Grouping): Promise<void> {
    this.#grouping = grouping;
    await vscode.commands.executeCommand('setContext', CONTEXT.findingsBy, grouping);
    this.#refresh();
  }

  #refresh(): void {
    const open = this.#known.all.filter(({ state }) => state === 'open').length;
    this.#view.badge = open === 0 ? undefined : { value: open, tooltip: count(open, 'open finding') };
    this.#changed.fire(undefined);
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      return grouped(this.#known.all, this.#grouping);
    }
    return node.kind === 'finding' ? [] : node.findings.map((finding) => ({ kind: 'finding', finding }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'finding' ? findingItem(node.finding, this.#grouping) : groupItem(node);
  }

  dispose(): void {
    this.#subscriptions.forEach((each) => void each.dispose());
  }
}

function groupItem(group: Group): vscode.TreeItem {
  const state = group.kind === 'dismissed' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded;
  const item = new vscode.TreeItem(group.name, state);
  item.id = `${group.kind}:${group.name}`;
  item.description = String(group.findings.length);
  item.contextValue = group.kind;
  if (group.kind === 'file') {
    const uri = vscode.Uri.parse(group.name);
    item.resourceUri = uri;
    item.label = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    item.iconPath = vscode.ThemeIcon.File;
    item.tooltip = uri.fsPath;
    // Within the workspace, and by its root where there are several.
    const folder = vscode.workspace.asRelativePath(uri).split('/').slice(0, -1).join('/');
    item.description = folder === '' ? item.description : `${folder} · ${group.findings.length}`;
  }
  return item;
}

function findingItem(finding: Finding, grouping: Grouping): vscode.TreeItem {
  const item = new vscode.TreeItem(finding.title);
  const uri = vscode.Uri.parse(finding.uri);
  const line = finding.range.start.line + 1;
  const inItsFile = grouping === 'file' && finding.state === 'open';
  item.id = finding.id;
  item.description = inItsFile ? `${finding.category}, line ${line}` : `${vscode.workspace.asRelativePath(uri)}:${line}`;
  item.tooltip = `${finding.severity}: ${finding.title}\n${finding.message}`;
  const [icon, color] = ICONS[finding.severity];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.contextValue = `finding.${finding.state}${finding.suggestion === undefined ? '' : '.suggestion'}`;
  item.command = { command: UserCommand.openFinding, title: 'Open Finding', arguments: [finding.id] };
  item.accessibilityInformation = { label: `${finding.severity}: ${finding.title}, ${item.description}` };
  return item;
}
