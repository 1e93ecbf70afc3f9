import { type Json, worstExit } from '../../core/index.ts';
import type { DueRun } from '../../review/index.ts';
import type { CommandResult } from '../world.ts';

/** Shows what a look at the cadence did where no review was run. */
export function showNothingDue(run: DueRun): CommandResult {
  const lines = [...missedLines(run), ...sentLines(run), `Nothing is due. Next: ${run.next.dueAt}`];
  return { exit: run.missed.length === 0 ? 0 : 3, data: dataOf(run), text: lines.join('\n') };
}

/** Adds to the report of a review why it was run, and what was missed before it. */
export function withDue(result: CommandResult, run: DueRun): CommandResult {
  const because = `Run because of: ${run.triggers.join(', ')}. Next: ${run.next.dueAt}`;
  return {
    ...result,
    exit: run.missed.length === 0 ? result.exit : worstExit([result.exit, 3]),
    notes: [...missedLines(run), because, ...(result.notes ?? [])],
  };
}

const missedLines = ({ missed }: DueRun): readonly string[] =>
  missed.map((dueAt) => `Missed: the review that was due at ${dueAt}; recorded.`);

const sentLines = ({ notified }: DueRun): readonly string[] =>
  notified.length === 0 ? [] : [`Notices went to ${notified.join(', ')}.`];

const dataOf = ({ missed, notified, next, triggers }: DueRun): Json => ({
  ran: null,
  triggers,
  missed,
  notified,
  next: next.dueAt,
});
