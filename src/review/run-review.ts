import { type Digest, type Instant, type Period, ulid, worstOutcome } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { coveredPeriod, nextReviewId } from './covered-period.ts';
import { checkBudgets } from './steps/budgets.ts';
import { conclude } from './steps/conclude.ts';
import { checkDocumentsOfPlan } from './steps/documents.ts';
import { judgeGuards } from './steps/guards.ts';
import { writeHandoff } from './steps/handoff.ts';
import { computeMetrics } from './steps/metrics.ts';
import { runSmokeTests } from './steps/smoke.ts';
import { importUsage } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

/** What starts a review. */
export interface ReviewRequest {
  readonly trigger: RecordOf<'review'>['trigger'];
  /** What the trigger is about, such as a commit. */
  readonly ref: string | null;
  /** Judge as of this instant; default: now. */
  readonly asOf: Instant | undefined;
}

/** Carries one run from step to step; every step appends its own records and adds their leaf hashes. */
export interface ReviewRun {
  readonly workspace: Workspace;
  readonly id: string;
  readonly attempt: string;
  readonly request: ReviewRequest;
  readonly period: Period;
  readonly now: Instant;
  readonly parts: Digest[];
}

/**
 * Runs everything that is due and records it: preflight → documents → usage → metrics → budgets → smoke → guards →
 * conclude → handoff (design: product.md, "A review").
 *
 * The start is recorded before the first request, so that a run that dies leaves a visible gap; running again
 * continues the same review as a further attempt.
 */
export async function runReview(
  workspace: Workspace,
  request: ReviewRequest,
): Promise<StoredRecord<RecordOf<'review'>>> {
  const run = await startRun(workspace, request);
  const documents = await checkDocumentsOfPlan(run);
  const usage = await importUsage(run);
  const holds = documents.holds;
  const metrics = await computeMetrics(run, usage, holds);
  const budgets = await checkBudgets(run, usage, holds);
  const smoke = await runSmokeTests(run, documents.checks, usage);
  const guards = await judgeGuards(run, { documents: documents.checks, usage });
  const found = { documents, usage, metrics, budgets, smoke, guards };
  const ended = await conclude(run, found);
  await writeHandoff(run, ended, found);
  workspace.ports.log.progress('');
  return ended;
}

async function startRun(workspace: Workspace, request: ReviewRequest): Promise<ReviewRun> {
  const { ports, ledger } = workspace;
  const now = request.asOf ?? ports.clock.now();
  const period = coveredPeriod(workspace.plan, now);
  const ended = await ledger.records({ kind: 'review' });
  const id = nextReviewId(workspace.plan, period, new Set(ended.map(({ body }) => body.review)));
  const attempt = ulid(ports.clock.ms(), ports.random.bytes(10));
  const run: ReviewRun = { workspace, id, attempt, request, period, now, parts: [] };
  await workspace.record(run.parts, {
    kind: 'review-start',
    review: id,
    attempt,
    trigger: request.trigger,
    ref: request.ref,
    period,
  });
  return run;
}

/** Gives the worst outcome of several recorded checks. */
export const worstOf = (
  bodies: readonly { readonly outcome: 'pass' | 'fail' | 'inconclusive' }[],
) => worstOutcome(bodies.map(({ outcome }) => outcome));
