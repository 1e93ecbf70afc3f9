import { appendFile, chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../core/index.ts';
import { type RecordOf, scanForNeedles, type StoredRecord } from '../../evidence/index.ts';
import type { SmokeTest } from '../../plan/index.ts';
import { type DocumentCheck, type PatternState, runSmoke } from '../../verify/index.ts';
import type { ReviewRun } from '../run.ts';
import type { Workspace } from '../workspace.ts';
import { importCounts, linkSmokeUsage } from './smoke-link.ts';
import { orderOf, patternStateOf } from './smoke-order.ts';
import type { UsageFound } from './usage.ts';

/** What the smoke tests and their usage links said. */
export interface SmokeFound {
  readonly smoke: readonly StoredRecord<RecordOf<'smoke'>>[];
  readonly links: readonly StoredRecord<RecordOf<'usage-link'>>[];
}

/**
 * Runs every enabled smoke test once a review and looks for its usage in the export that the plan names.
 *
 * A test that an unfinished attempt of the same review has recorded is not sent again.
 */
export async function runSmokeTests(
  run: ReviewRun,
  checks: readonly DocumentCheck[],
  usage: UsageFound,
): Promise<SmokeFound> {
  const { plan } = run.workspace;
  await importCounts(run, usage);
  const smoke: StoredRecord<RecordOf<'smoke'>>[] = [];
  for (const test of plan.smoke.filter(({ enabled }) => enabled)) {
    const earlier = await recordedEarlier(run, test);
    if (earlier !== undefined) run.parts.push(earlier.ref);
    const stored = earlier ?? (await runOne(run, test, checks));
    if (stored !== undefined) smoke.push(stored);
  }
  const links = await linkSmokeUsage(run, smoke, usage);
  return { smoke, links };
}

/** Sends one smoke test now, outside or inside a review, and records what it proved. */
export async function runSmokeTest(
  workspace: Workspace,
  test: SmokeTest,
  context: { readonly patternState: PatternState; readonly review: string | null },
): Promise<StoredRecord<RecordOf<'smoke'>> | undefined> {
  const order = await orderOf(workspace, test, context.patternState);
  const traces: string[] = [];
  const seal = {
    mac: (value: string) => workspace.ledger.mac(value),
    holds: (text: string, needles: readonly string[]) => scanForNeedles(text, needles) !== 'clear',
    sidecar: (marker: string) => void traces.push(marker),
  };
  const { result, needles } = await runSmoke(order, seal, workspace.ports);
  const [stored] = await workspace.record<RecordOf<'smoke'>>(
    [{ kind: 'smoke', review: context.review, ...result }],
    { needles: needles() },
  );
  if (stored !== undefined) await keepTraces(workspace, stored.ref, traces);
  return stored;
}

async function runOne(
  run: ReviewRun,
  test: SmokeTest,
  checks: readonly DocumentCheck[],
): Promise<StoredRecord<RecordOf<'smoke'>> | undefined> {
  run.workspace.ports.log.progress(`smoke ${test.id}`);
  const patternState = patternStateOf(test, checks);
  const stored = await runSmokeTest(run.workspace, test, { patternState, review: run.id });
  if (stored !== undefined) run.parts.push(stored.ref);
  return stored;
}

async function recordedEarlier(
  run: ReviewRun,
  test: SmokeTest,
): Promise<StoredRecord<RecordOf<'smoke'>> | undefined> {
  const { unfinished, workspace, id } = run;
  if (unfinished === undefined) return undefined;
  return await workspace.ledger.latest(
    'smoke',
    ({ body, index }) => index > unfinished.index && body.review === id && body.smoke === test.id,
  );
}

/**
 * Keeps raw trace markers outside the ledger, in a file that may be deleted: people look requests up by them, and
 * records hold only their MAC (design: evidence.md 1.1).
 */
async function keepTraces(
  workspace: Workspace,
  ref: string,
  traces: readonly string[],
): Promise<void> {
  if (traces.length === 0) return;
  const path = join(workspace.state, 'traces.jsonl');
  await mkdir(workspace.state, { recursive: true });
  const at: Instant = workspace.ports.clock.now();
  const lines = traces.map((trace) => `${JSON.stringify({ at, record: ref, trace })}\n`);
  await appendFile(path, lines.join(''), { mode: 0o600 });
  await chmod(path, 0o600);
}
