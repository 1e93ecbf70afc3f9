import { durationMs, type Instant, instantMs, itemAt } from '../core/index.ts';
import { partRefs, type RecordOf, type StoredRecord } from '../evidence/index.ts';
import {
  type GuardFinding,
  guardedHandoff,
  evidenceGap,
  type EvidenceNeed,
} from '../verify/index.ts';
import { cutOffReviews } from './cut-off.ts';
import type { Guarded } from './guards.ts';
import type { Workspace } from './workspace.ts';

/** No smoke test or review counts for longer than a cadence and its grace. */
const CADENCE_MS = { day: 86_400_000, week: 604_800_000, month: 2_678_400_000 } as const;

/**
 * Judges, from the plan and the ledger alone, whether the evidence that a decision would rest on is there and fresh:
 * documents, imports, smoke tests with their own usage, and reviews that ended.
 */
export async function guardGap(workspace: Workspace): Promise<Guarded> {
  const needs = [
    ...(await documentNeeds(workspace)),
    ...(await exportNeeds(workspace)),
    ...(await smokeNeeds(workspace)),
    ...(await reviewNeeds(workspace)),
  ];
  const result = evidenceGap(needs);
  const findings = result.missing.map((subject): GuardFinding => ({
    ruleId: `evidence-gap/${itemAt(subject.split(':'), 0)}`,
    level: 'error',
    message: `${subject} is missing, stale, or nothing that this could rest on`,
  }));
  return { result, findings, body: { kind: 'guard', review: null, ...result } };
}

/**
 * Judges the handoff of a review again: every part is there, what it names stands in the ledger, and it agrees with the
 * review that it hands over.
 *
 * @param review its id; default the newest that ended.
 */
export async function guardHandoff(workspace: Workspace, review?: string): Promise<Guarded> {
  const { ledger, plan } = workspace;
  const ended = await ledger.latest(
    'review',
    ({ body }) => review === undefined || body.review === review,
  );
  const handoff =
    ended === undefined
      ? undefined
      : await ledger.latest(
          'handoff',
          ({ body, index }) => body.review === ended.body.review && index > ended.index,
        );
  const records = await ledger.records();
  const known = new Set<string>(records.map(({ ref }) => ref));
  const named = ended === undefined ? [] : partRefs(ended, records);
  const { result, findings } = guardedHandoff({
    handoff: handoff?.body,
    review: ended?.body,
    operator: ended?.context.operator ?? null,
    unresolved: named.filter((ref) => !known.has(ref)).length,
    required: plan.guards.handoff.require,
  });
  const against = handoff?.ref ?? null;
  return { result, findings, body: { kind: 'guard', review: null, ...result, against } };
}

async function documentNeeds({ ledger, plan, ports }: Workspace): Promise<readonly EvidenceNeed[]> {
  const checks = await ledger.records({ kind: 'document-check' });
  return plan.documents.map(({ id, freshness }) => {
    const check = checks.findLast(({ body }) => body.document === id);
    return {
      subject: `document:${id}`,
      needed: true,
      found: check !== undefined && !['unreadable', 'gone'].includes(check.body.state),
      maxAgeMs: durationMs(freshness.maxAge),
      ageMs: check === undefined ? null : ageMs(check.body.accessedAt, ports.clock.now()),
    };
  });
}

/** Usage is as old as what it is complete through; what a budget tolerates is not too old. */
async function exportNeeds({ ledger, plan, ports }: Workspace): Promise<readonly EvidenceNeed[]> {
  const imports = await ledger.records({ kind: 'import' });
  const tolerated = plan.budgets
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => (rule.basis === 'freshness' ? durationMs(rule.maxAge) : []));
  const maxAgeMs = Math.max(cadenceAgeMs(plan), ...tolerated);
  return plan.exports
    .filter(({ approved }) => approved.for.includes('budget-review'))
    .map(({ id }) => {
      const own = imports.filter(({ body }) => body.export === id);
      // What says that it is complete through tomorrow is not counted at all.
      const ages = own
        .map(({ context, body }) => ageMs(body.completeThrough ?? context.at, ports.clock.now()))
        .filter((age) => age >= 0);
      const youngest = ages.length === 0 ? null : Math.min(...ages);
      const found = own.length > 0;
      return { subject: `export:${id}`, needed: true, found, maxAgeMs, ageMs: youngest };
    });
}

/** A smoke test is evidence when it passed lately and its own usage was found; what may still come is not there yet. */
async function smokeNeeds({ ledger, plan, ports }: Workspace): Promise<readonly EvidenceNeed[]> {
  const runs = await ledger.records({ kind: 'smoke' });
  const links = await ledger.records({ kind: 'usage-link' });
  const maxAgeMs = cadenceAgeMs(plan);
  return plan.smoke
    .filter(({ enabled }) => enabled)
    .flatMap(({ id, usageEvidence }) => {
      const run = runs.findLast(({ body }) => body.smoke === id);
      const age = run === undefined ? null : ageMs(run.context.at, ports.clock.now());
      const passed = run?.body.outcome === 'pass';
      const need = { subject: `smoke:${id}`, needed: true, found: passed, maxAgeMs, ageMs: age };
      const link = links.findLast(({ body }) => body.smoke === run?.ref);
      if (usageEvidence === undefined) return [need];
      return [need, { ...ageless(`export:${usageEvidence.export}`), found: isLinked(link) }];
    });
}

/** A link that is not there proves nothing: a run that was made up has no usage. */
const isLinked = (link: StoredRecord<RecordOf<'usage-link'>> | undefined): boolean =>
  link?.body.outcome === 'pass';

/** A review that began and did not end is a gap that nobody may fill by leaving it out. */
async function reviewNeeds(workspace: Workspace): Promise<readonly EvidenceNeed[]> {
  return (await cutOffReviews(workspace)).map(({ review }) => ({
    ...ageless(`review:${review.toLowerCase().replaceAll('.', '-')}`),
    found: false,
  }));
}

const cadenceAgeMs = ({ review: { cadence } }: Workspace['plan']): number =>
  CADENCE_MS[cadence.every] + durationMs(cadence.grace);

const ageless = (subject: string) => ({ subject, needed: true, maxAgeMs: null, ageMs: null });

const ageMs = (at: string, now: Instant): number => instantMs(now) - instantMs(at as Instant);
