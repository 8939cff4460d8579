// What is asked of the user before a turn: since when to look at changes, which steps to take.

import * as vscode from 'vscode';

/** `working`, `staged` or a revision; undefined when the user thinks better of it. */
export async function chooseBase(): Promise<string | undefined> {
  const revision = '$(git-commit) Since a revision…';
  const picked = await vscode.window.showQuickPick(
    [
      { label: '$(diff) All that is not committed', description: 'untracked files too', base: 'working' },
      { label: '$(diff-added) What is staged', base: 'staged' },
      { label: revision, description: 'a branch, a tag, HEAD~3', base: '' },
    ],
    { title: 'Review which changes?' },
  );
  if (picked?.label !== revision) {
    return picked?.base;
  }
  const prompt = 'A branch, a tag or a commit: what lies between it and the files as they are now is reviewed';
  const typed = await vscode.window.showInputBox({ title: 'Review the changes since', prompt, value: 'main', ignoreFocusOut: true });
  return typed?.trim() === '' ? undefined : typed?.trim();
}

/** Prompts, asked for one after the other until one is left empty. */
export async function writeSteps(): Promise<string[]> {
  const steps: string[] = [];
  for (;;) {
    const step = await vscode.window.showInputBox({
      title: `Run steps: step ${steps.length + 1}`,
      prompt: steps.length === 0 ? 'What is to be done first' : 'What is to be done next; leave it empty to begin',
      ignoreFocusOut: true,
    });
    if (step === undefined) {
      return []; // thought better of
    }
    if (step.trim() === '') {
      return steps;
    }
    steps.push(step);
  }
}
