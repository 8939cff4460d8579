// The limits that are set for what may be spent, and what was spent of each.

import type * as vscode from 'vscode';

import type { ShownTurn } from '../shownTurn';
import type { Budget } from './wire';

export function budgets(settings: vscode.WorkspaceConfiguration, turns: readonly ShownTurn[], todayUsd: number): Budget[] {
  const spent: Record<Budget['name'], number> = {
    session: turns.reduce((sum, turn) => sum + turn.costUsd, 0),
    day: todayUsd,
  };
  return (['session', 'day'] as const).flatMap((name) => {
    const limitUsd = settings.get<number | null>(`budget.${name}Usd`);
    return typeof limitUsd === 'number' ? [{ name, spentUsd: spent[name], limitUsd }] : [];
  });
}
