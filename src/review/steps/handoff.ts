import { parseDigest } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { weakHandoff } from '../../verify/index.ts';
import type { ReviewRun } from '../run.ts';
import type { Workspace } from '../workspace.ts';

type Handoff = RecordOf<'handoff'>;

/**
 * Writes what the next operator needs, generated from the record: command, result, changed files, remaining
 * uncertainty, owner and next action. A part that cannot be filled makes the handoff fail, by name.
 */
export async function writeHandoff(
  run: ReviewRun,
  ended: StoredRecord<RecordOf<'review'>>,
): Promise<StoredRecord<Handoff> | undefined> {
  const [stored] = await run.workspace.record<Handoff>([await handoffBody(run.workspace, ended)]);
  return stored;
}

/** Generates the handoff of a review that has ended. */
export async function handoffBody(
  { ledger, plan }: Pick<Workspace, 'ledger' | 'plan'>,
  ended: StoredRecord<RecordOf<'review'>>,
): Promise<Handoff> {
  const { body, context } = ended;
  const reviews = await ledger.records({ kind: 'review' });
  const previous = reviews.findLast(({ index }) => index < ended.index);
  const changed = changedFiles(context, previous);
  const uncertainty = uncertaintyOf(body);
  const command = body.trigger === 'cadence' ? 'review' : 'review-trigger';
  const judged = weakHandoff(
    {
      command,
      result: body.outcome,
      changedFiles: changed?.map(({ subject }) => subject) ?? null,
      uncertainty: uncertainty.map(({ subject }) => subject),
      noneKnownBy: context.operator,
      owner: body.owner,
      nextAction: body.nextAction,
    },
    plan.guards.handoff.require,
  );
  return {
    kind: 'handoff',
    review: body.review,
    attempt: body.attempt,
    outcome: judged.outcome,
    reasons: judged.reasons,
    missing: judged.missing,
    command,
    result: body.outcome,
    changed: changed ?? [],
    uncertainty,
    nextAction: body.nextAction,
    owner: body.owner,
  };
}

/**
 * Names the plan when its digest differs from the one that the previous review ran under; the plan holds the digests of
 * the fixtures. The first review has nothing to differ from.
 */
function changedFiles(
  context: StoredRecord['context'],
  previous: StoredRecord | undefined,
): Handoff['changed'] | undefined {
  const digest = context.planFile === null ? undefined : parseDigest(context.planFile);
  if (digest === undefined) return undefined;
  if (previous === undefined || previous.context.planFile === digest) return [];
  return [{ subject: 'plan:spendproof-yaml', digest }];
}

function uncertaintyOf(body: RecordOf<'review'>): Handoff['uncertainty'] {
  const missing = body.missing.map((subject) => ({ subject, reason: 'evidence-gap' as const }));
  const open = body.notCovered.map(({ subject }) => ({ subject, reason: 'not-covered' as const }));
  return [...missing, ...open].slice(0, 64);
}
