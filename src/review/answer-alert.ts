import { AppError, type Instant, itemAt } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { alertState } from './alert-events.ts';
import type { Workspace } from './workspace.ts';

/** An alert that nobody has acknowledged and that is not over. */
export interface OpenAlert {
  readonly alert: string;
  readonly budget: string;
  readonly rules: readonly string[];
  readonly owner: string;
  readonly since: Instant;
  readonly snoozedUntil: Instant | null;
}

/** Lists the alerts that still wait for an owner, oldest first. */
export async function openAlerts(workspace: Workspace): Promise<readonly OpenAlert[]> {
  const { rows } = await alertState(workspace);
  return [...rows.values()].flatMap(({ fired, acknowledged, resolved, snoozedUntil }) => {
    if (fired.kind !== 'fired' || acknowledged !== null || resolved !== null) return [];
    const { alert, budget, rules, owner, at } = fired;
    return [{ alert, budget, rules, owner, since: at, snoozedUntil }];
  });
}

/** How an owner answers an alert. */
export interface Answer {
  /** Until when nothing more is to be heard of it; seven days at most. Without it, the alert is acknowledged. */
  readonly snoozeUntil?: Instant;
}

/**
 * Records that an owner has seen an alert, or wants to hear nothing of it before an end.
 *
 * @param prefix the alert's digest, or its beginning, with or without `sha256:`.
 * @throws {AppError} `record-unknown` for no alert, or more than one, that begins so.
 */
export async function answerAlert(
  workspace: Workspace,
  prefix: string,
  { snoozeUntil }: Answer,
): Promise<StoredRecord<RecordOf<'acknowledgement' | 'snooze'>>> {
  const { rows } = await alertState(workspace);
  const wanted = prefix.startsWith('sha256:') ? prefix : `sha256:${prefix}`;
  const found = [...rows.values()].filter(({ fired }) => fired.alert.startsWith(wanted));
  const [row] = found;
  if (row === undefined || found.length > 1) {
    throw new AppError('record-unknown', {
      message: `Expected one alert that begins with ${JSON.stringify(prefix)}, found ${found.length}`,
      hint: '`spendproof budget status` lists the alerts that are open.',
    });
  }
  const about = { alert: row.fired.alert, budget: row.fired.budget, by: workspace.operator };
  const body: RecordOf<'acknowledgement' | 'snooze'> =
    snoozeUntil === undefined
      ? { kind: 'acknowledgement', ...about }
      : { kind: 'snooze', ...about, until: snoozeUntil };
  const record = itemAt(await workspace.record([body]), 0);
  return record;
}
