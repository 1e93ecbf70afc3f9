import {
  type Digest,
  itemAt,
  type OutcomeKind,
  type ReviewOutcomeKind,
  worstOutcome,
} from '../../core/index.ts';
import { PARTS_MAX, type RecordOf, type StoredRecord } from '../../evidence/index.ts';
import { planCoverage } from '../../plan/index.ts';
import { ADAPTER_FACTS } from '../../usage/index.ts';
import { minimumAssertions } from '../minimum-assertions.ts';
import { exitOf, nextAction } from '../next-action.ts';
import type { ReviewRun } from '../run.ts';
import type { AssumptionJudged } from './assumptions.ts';
import type { BudgetsFound } from './budgets.ts';
import type { DocumentsFound } from './documents.ts';
import { lastInvoiceDate } from './reconcile.ts';
import type { SmokeFound } from './smoke.ts';
import type { UsageFound } from './usage.ts';

type Review = RecordOf<'review'>;

/** Everything that the steps of one review found. */
export interface Found {
  readonly documents: DocumentsFound;
  readonly usage: UsageFound;
  readonly reconciles: readonly StoredRecord<RecordOf<'reconcile'>>[];
  readonly metrics: readonly StoredRecord<RecordOf<'metric'>>[];
  readonly budgets: BudgetsFound;
  readonly smoke: SmokeFound;
  readonly guards: readonly StoredRecord<RecordOf<'guard'>>[];
  readonly assumptions: readonly AssumptionJudged[];
}

/** What one check adds to the end of a review. */
type Judged = AssumptionJudged;

/** Ends a review and records it. */
export async function conclude(run: ReviewRun, found: Found): Promise<StoredRecord<Review>> {
  const body = await concludedBody(run, found, await recordedParts(run));
  const stored = itemAt(await run.workspace.record([body]), 0);
  return stored;
}

/**
 * Ends a review: the worst of its checks, `paused` while an assumption is held, and one next action with its owner. Records
 * nothing.
 *
 * @param parts the digests by which the review names what it recorded.
 */
export async function concludedBody(
  run: ReviewRun,
  found: Found,
  parts: readonly Digest[],
): Promise<Review> {
  const { period } = run;
  // What may not change comes first: a record holds sixteen reasons.
  const judged = [...found.assumptions, ...judgedOf(found), ...reconcileJudged(run, found)];
  const reconciledOn = await lastInvoiceDate(run);
  const holds = found.documents.holds;
  const outcome = worstOutcome([
    ...judged.map((one) => one.outcome),
    ...(holds.length > 0 ? ['paused' as const] : []),
  ]);
  const next = nextAction({
    outcome,
    previous: await previousOutcome(run),
    documentsChanged: found.documents.records.some(
      ({ body }) =>
        body.state === 'changed' || body.state === 'gone' || body.reasons.includes('claim-broken'),
    ),
  });
  const open = judged.filter((one) => one.outcome !== 'pass' || one.reasons.length > 0);
  const held = holds.length > 0 ? ['assumption-held' as const] : [];
  const reasons = [...new Set([...open.flatMap((one) => one.reasons), ...held])].slice(0, 16);
  return {
    kind: 'review',
    review: run.id,
    attempt: run.attempt,
    trigger: run.request.trigger,
    period,
    outcome,
    // What nobody agreed to is a matter of integrity, not a finding (design: product.md, "Exit status").
    exit: reasons.includes('unreviewed-fallback') ? 7 : exitOf(outcome),
    reasons,
    missing: capped([...new Set(judged.flatMap((one) => one.missing))], 'part:and-others'),
    nextAction: next,
    owner: ownerOf(run, found),
    parts,
    notCovered: notCovered(run, found, reconciledOn),
    held: holds.map(({ assumption, since }) => ({ assumption, since })),
    usage: {
      coverage: found.usage.coverage,
      imports: found.usage.imported.size,
      gaps: found.usage.gaps.slice(0, 64),
      table: found.usage.table.imports,
      ...(reconciledOn === null
        ? { reconciled: 'never' as const }
        : { reconciled: 'once' as const, reconciledOn }),
    },
    assertions: minimumAssertions(
      found.smoke.smoke.map(({ body: one }) => one),
      found.smoke.links.map(({ body: one }) => one),
    ),
    notified: found.budgets.notified,
  };
}

/** As many missing or uncovered things as one record of 8 KiB can name beside the rest. */
const SAID_MAX = 24;

/** Keeps a list within the record, and says so instead of cutting it off in silence. */
const capped = <Said>(list: readonly Said[], others: Said): readonly Said[] =>
  list.length <= SAID_MAX ? list : [...list.slice(0, SAID_MAX - 1), others];

/** Names the parts of the review; where they are too many for one record, in records of their own. */
async function recordedParts({
  workspace,
  parts,
  id,
  attempt,
}: ReviewRun): Promise<readonly Digest[]> {
  if (parts.length <= PARTS_MAX) return parts;
  const lists: RecordOf<'review-parts'>[] = [];
  for (let start = 0; start < parts.length; start += PARTS_MAX) {
    const some = parts.slice(start, start + PARTS_MAX);
    lists.push({ kind: 'review-parts', review: id, attempt, parts: some });
  }
  return (await workspace.record(lists)).map(({ ref }) => ref);
}

function judgedOf({ documents, usage, metrics, budgets, smoke, guards }: Found): readonly Judged[] {
  return [
    ...documents.records.map(({ body }) => body),
    ...usage.gaps.map(({ export: id, reason }) => ({
      outcome: 'inconclusive' as const,
      reasons: [reason],
      missing: [`export:${id}`],
    })),
    ...metrics.map(({ body }) => body),
    ...budgets.verdicts.map(({ body }) => ({ ...body, outcome: outcomeOf(body.verdict) })),
    ...smoke.smoke.map(({ body }) => body),
    // A link that may still come says nothing yet; one that should have come is missing evidence.
    ...smoke.links
      .map(({ body }) => body)
      .filter(({ reasons }) => !reasons.includes('usage-link-pending')),
    ...guards.map(({ body }) => body),
  ];
}

function outcomeOf(verdict: RecordOf<'budget-verdict'>['verdict']): OutcomeKind {
  switch (verdict) {
    case 'ok':
      return 'pass';
    case 'breached':
      return 'fail';
    case 'inconclusive':
      return 'inconclusive';
    default:
      verdict satisfies never;
      return 'inconclusive';
  }
}

/** Another attempt of this very review, which may end at the same time, is no review before it. */
async function previousOutcome({
  workspace: { ledger },
  id,
}: ReviewRun): Promise<ReviewOutcomeKind | undefined> {
  return (await ledger.latest('review', ({ body }) => body.review !== id))?.body.outcome;
}

/** The owner of the worst finding acts: a breached budget's, else a changed document's, else the plan's. */
function ownerOf({ workspace: { plan } }: ReviewRun, { budgets, documents }: Found): string {
  const breached = budgets.verdicts.find(({ body }) => body.verdict === 'breached');
  if (breached !== undefined) {
    return plan.budgets.find(({ id }) => id === breached.body.budget)?.owner ?? plan.owner;
  }
  const held = documents.holds[0];
  if (held !== undefined) {
    return plan.assumptions.find(({ id }) => id === held.assumption)?.owner ?? plan.owner;
  }
  const failed = documents.records.find(({ body }) => body.outcome === 'fail');
  return plan.documents.find(({ id }) => id === failed?.body.document)?.owner ?? plan.owner;
}

/** A disagreement that holds an assumption withholds the pass by that hold; the numbers are computed all the same. */
function reconcileJudged(
  { workspace: { plan } }: ReviewRun,
  { reconciles }: Found,
): readonly Judged[] {
  return reconciles.map(({ body }) => {
    const holds = plan.reconcile.find(({ id }) => id === body.reconcile)?.onDisagreement;
    return body.outcome === 'fail' && holds !== undefined ? { ...body, outcome: 'pass' } : body;
  });
}

function notCovered(
  { workspace: { plan } }: ReviewRun,
  { budgets }: Found,
  reconciledOn: string | null,
): Review['notCovered'] {
  const gaps: Review['notCovered'] = [
    ...planCoverage(plan, ADAPTER_FACTS),
    ...budgets.notJudged.map(({ budget, why }) => ({ subject: `budget:${budget}`, why })),
    ...(reconciledOn === null
      ? [{ subject: 'part:invoice', why: 'never-reconciled' as const }]
      : []),
  ];
  const unique = new Map(gaps.map((gap) => [`${gap.subject} ${gap.why}`, gap]));
  return capped([...unique.values()], { subject: 'part:and-others', why: 'not-listed' });
}
