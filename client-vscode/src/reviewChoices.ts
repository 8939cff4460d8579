// How a review is to be made, asked of the user: from which points of view, and how thoroughly.

import * as vscode from 'vscode';

import type { ReviewWishes } from './commandShapes';
import { REVIEWERS, type Reviewer } from './reviewers';

interface Choice extends vscode.QuickPickItem {
  reviewer?: Reviewer;
  how?: 'verify' | 'fresh';
}

/** Undefined when the user thinks better of it. */
export async function chooseReview(name: string): Promise<ReviewWishes | undefined> {
  const reviewers = Object.entries(REVIEWERS).map(([reviewer, detail]): Choice => ({ label: reviewer, description: detail, reviewer: reviewer as Reviewer }));
  const choices: Choice[] = [
    { label: 'What to look for (none picked: everything)', kind: vscode.QuickPickItemKind.Separator },
    ...reviewers,
    { label: 'How', kind: vscode.QuickPickItemKind.Separator },
    { label: 'Verify', description: 'Check each finding once more before it is reported', how: 'verify' },
    { label: 'In a new session', description: 'Without what was said about the file before', how: 'fresh' },
  ];
  const picked = await vscode.window.showQuickPick(choices, { title: `Review ${name} for…`, canPickMany: true });
  if (picked === undefined) {
    return undefined;
  }
  const wanted = picked.flatMap(({ reviewer }) => (reviewer === undefined ? [] : [reviewer]));
  const how = new Set(picked.map((choice) => choice.how));
  return {
    ...(wanted.length > 0 && { reviewers: wanted }),
    ...(how.has('verify') && { verify: true }),
    ...(how.has('fresh') && { fresh: true }),
  };
}
