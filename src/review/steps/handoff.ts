import { parseDigest } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { weakHandoff } from '../../verify/index.ts';
import type { ReviewRun } from '../run-review.ts';

type Handoff = RecordOf<'handoff'>;

/**
 * Writes what the next operator needs, generated from the record: command, result, changed files, remaining
 * uncertainty, owner and next action. A part that cannot be filled makes the handoff fail, by name.
 */
export async function writeHandoff(
  run: ReviewRun,
  ended: StoredRecord<RecordOf<'review'>>,
): Promise<StoredRecord<Handoff> | undefined> {
  const { body, context } = ended;
  const previous = await previousReview(run, ended);
  const changed = changedFiles(context, previous);
  const uncertainty = uncertaintyOf(body);
  const judged = weakHandoff(
    {
      command: body.trigger,
      result: body.outcome,
      'changed-files': changed === undefined ? undefined : changed.length,
      'remaining-uncertainty': uncertainty.length,
    },
    run.workspace.plan.guards.handoff.require,
  );
  return await run.workspace.record<Handoff>([], {
    kind: 'handoff',
    review: body.review,
    outcome: judged.kind,
    reasons: judged.reasons,
    missing: judged.kind === 'inconclusive' ? judged.missing : [],
    command: body.trigger === 'cadence' ? 'review' : 'review-trigger',
    result: body.outcome,
    changed: changed ?? [],
    uncertainty,
    nextAction: body.nextAction,
    owner: body.owner,
  });
}

async function previousReview(
  run: ReviewRun,
  ended: StoredRecord<RecordOf<'review'>>,
): Promise<StoredRecord<RecordOf<'review'>> | undefined> {
  const reviews = await run.workspace.ledger.records({ kind: 'review' });
  return reviews.findLast(({ index }) => index < ended.index);
}

/** The plan's digest when it differs from the one the previous review was run under; the first review changed nothing. */
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
  const open = body.notCovered.map(({ subject }) => ({ subject, reason: 'no-data' as const }));
  return [...missing, ...open].slice(0, 64);
}
