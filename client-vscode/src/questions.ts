// Puts Claude's own questions to the user, one after the other.

import * as vscode from 'vscode';

import type { OneAtATime } from './oneAtATime';
import type { Question, QuestionAnswer, QuestionRequest } from './protocol';

const OTHER = 'Something else…';

export class Questions {
  readonly #dialogs: OneAtATime;

  constructor(dialogs: OneAtATime) {
    this.#dialogs = dialogs;
  }

  /** @param token set when the turn that asks is over. */
  ask(request: QuestionRequest, token: vscode.CancellationToken): Promise<QuestionAnswer> {
    return this.#dialogs.run(async () => {
      const answers: Record<string, string> = {};
      for (const question of request.questions) {
        const answer = token.isCancellationRequested ? undefined : await answerTo(question, token);
        if (answer === undefined) {
          return { outcome: 'cancelled' };
        }
        answers[question.question] = answer;
      }
      return { answers };
    });
  }
}

async function answerTo(question: Question, token: vscode.CancellationToken): Promise<string | undefined> {
  const items: vscode.QuickPickItem[] = question.options.map(({ label, description }) => ({ label, detail: description }));
  const options = { title: question.header, placeHolder: question.question, ignoreFocusOut: true };
  if (question.multiSelect) {
    const picked = await vscode.window.showQuickPick(items, { ...options, canPickMany: true }, token);
    return picked?.map((item) => item.label).join(', ');
  }
  const picked = await vscode.window.showQuickPick([...items, { label: OTHER }], options, token);
  if (picked?.label !== OTHER) {
    return picked?.label;
  }
  return vscode.window.showInputBox({ title: question.header, prompt: question.question, ignoreFocusOut: true }, token);
}
