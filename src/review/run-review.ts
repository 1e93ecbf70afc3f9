import { ulid } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { coveredPeriod, nextReviewId } from './covered-period.ts';
import { recordEnvironment, recordFallback } from './guards.ts';
import { recordParts, type ReviewRequest, type ReviewRun } from './run.ts';
import { judgeAssumptionsNow } from './steps/assumptions.ts';
import { checkBudgets } from './steps/budgets.ts';
import { conclude } from './steps/conclude.ts';
import { checkDocumentsOfPlan, currentHolds } from './steps/documents.ts';
import { judgeGuards } from './steps/guards.ts';
import { writeHandoff } from './steps/handoff.ts';
import { computeMetrics } from './steps/metrics.ts';
import { reconcileBills } from './steps/reconcile.ts';
import { runSmokeTests } from './steps/smoke.ts';
import { importUsage } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

/**
 * Runs everything that is due and records it: preflight → documents → usage → reconcile → metrics → budgets → smoke → guards →
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
  const environment = await recordEnvironment(run);
  const read = await checkDocumentsOfPlan(run);
  const usage = await importUsage(run);
  try {
    const reconciles = await reconcileBills(run, usage);
    const documents = { ...read, holds: await currentHolds(workspace) };
    const metrics = await computeMetrics(run, usage, documents.holds);
    const budgets = await checkBudgets(run, usage, documents.holds);
    const smoke = await runSmokeTests(run, documents.checks, usage);
    const guards = [
      ...environment,
      ...(await judgeGuards(run, { documents, usage })),
      ...(await recordFallback(run)),
    ];
    const assumptions = await judgeAssumptionsNow(workspace, run.now);
    const found = { documents, usage, reconciles, metrics, budgets, smoke, guards, assumptions };
    const ended = await conclude(run, found);
    await writeHandoff(run, ended);
    return ended;
  } finally {
    await usage.store.close();
    workspace.ports.log.progress('');
  }
}

async function startRun(workspace: Workspace, request: ReviewRequest): Promise<ReviewRun> {
  const { ports, ledger, plan } = workspace;
  const now = request.asOf ?? ports.clock.now();
  const period = coveredPeriod(plan, now);
  const ended = await ledger.records({ kind: 'review' });
  const endedAttempts = new Set(ended.map(({ body }) => body.attempt));
  const id = nextReviewId(plan, period, new Set(ended.map(({ body }) => body.review)));
  const unfinished = await ledger.latest(
    'review-start',
    ({ body }) => body.review === id && !endedAttempts.has(body.attempt),
  );
  const attempt = ulid(ports.clock.ms(), ports.random.bytes(10));
  const run: ReviewRun = { workspace, id, attempt, request, period, now, parts: [], unfinished };
  const { trigger, ref } = request;
  const start = { kind: 'review-start', review: id, attempt, trigger, ref, period, now } as const;
  await recordParts(run, [start], { aliases: ref === null ? [] : [ref] });
  return run;
}
