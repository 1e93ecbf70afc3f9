import { addDays, type Digest, dateIn, type Instant, startOfDate } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import type { PlanExport, SmokeTest } from '../../plan/index.ts';
import { findFiles } from '../../usage/index.ts';
import { type LinkEvidence, linkUsage, requestedModelOf } from '../../verify/index.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { orderOf } from './smoke-order.ts';
import { importExport, manifestsOf, type UsageFound } from './usage.ts';

type Smoke = StoredRecord<RecordOf<'smoke'>>;
type Link = StoredRecord<RecordOf<'usage-link'>>;

/**
 * Looks for the usage of smoke tests in the exports that the plan names, and records what was found: of the tests of this
 * review, and of earlier ones whose link was still open.
 */
export async function linkSmokeUsage(
  run: ReviewRun,
  smoke: readonly Smoke[],
  usage: UsageFound,
): Promise<readonly Link[]> {
  const { ledger, plan } = run.workspace;
  const known = await ledger.records({ kind: 'usage-link' });
  const earlier = (await ledger.records({ kind: 'smoke' })).filter(
    ({ ref }) =>
      !smoke.some((one) => one.ref === ref) &&
      isOpen(known.filter(({ body }) => body.smoke === ref)),
  );
  const bodies: RecordOf<'usage-link'>[] = [];
  for (const one of [...earlier, ...smoke]) {
    const test = plan.smoke.find(({ id }) => id === one.body.smoke);
    const evidence = test?.usageEvidence;
    const from = plan.exports.find(({ id }) => id === evidence?.export);
    // A request that was never answered has left no usage to look for.
    if (
      test === undefined ||
      evidence === undefined ||
      from === undefined ||
      one.body.requests === 0
    )
      continue;
    await importEvidence(run, from, usage);
    const found = await evidenceOf(run, { smoke: one, test, from }, usage);
    const { state: _state, ...link } = linkUsage({
      export: from.id,
      sentAt: one.context.at as Instant,
      within: evidence.within,
      asOf: run.workspace.ports.clock.now(),
      found,
    });
    bodies.push({ kind: 'usage-link', smoke: one.ref, ...link });
  }
  const stored = await recordParts(run, bodies);
  return stored.filter(({ body }) => smoke.some(({ ref }) => ref === body.smoke));
}

/** An earlier link is looked for again as long as it was only pending. */
const isOpen = (links: readonly Link[]): boolean =>
  links.length > 0 && links.every(({ body }) => body.reasons.includes('usage-link-pending'));

async function importEvidence(run: ReviewRun, from: PlanExport, usage: UsageFound): Promise<void> {
  const { workspace } = run;
  const files = await findFiles(workspace.root, from.path);
  if (files.length === 0) return;
  const now = workspace.ports.clock.now();
  const done = await importExport(workspace, usage.store, { export: from, files, now });
  run.parts.push(...done.flatMap(({ record }) => (record === undefined ? [] : [record.ref])));
}

async function evidenceOf(
  run: ReviewRun,
  what: { readonly smoke: Smoke; readonly test: SmokeTest; readonly from: PlanExport },
  usage: UsageFound,
): Promise<LinkEvidence> {
  const { workspace } = run;
  const by = what.test.usageEvidence?.by ?? 'attested';
  if (by === 'trace') {
    const { trace } = what.smoke.body;
    const rows = trace === null ? [] : await referencesAround(run, what, usage);
    return {
      by,
      trace,
      rows: rows.map(({ ref, model }) => ({ mac: workspace.ledger.mac(ref), model })),
      mustMatchModel: await requestedModel(run, what.test),
    };
  }
  // A dedicated key's daily count and a person's word are weaker links that this release does not draw by itself.
  return by === 'key-day' ? { by, before: null, after: null } : { by, role: null };
}

/** The model of the fixture, where the plan asks that the row names the same. */
async function requestedModel(run: ReviewRun, test: SmokeTest): Promise<string | null> {
  if (test.usageEvidence?.mustMatch.includes('model') !== true) return null;
  const { fixture } = await orderOf(run.workspace, test, 'holds');
  return fixture === null ? null : (requestedModelOf(fixture) ?? null);
}

async function referencesAround(
  run: ReviewRun,
  { smoke, from }: { readonly smoke: Smoke; readonly from: PlanExport },
  usage: UsageFound,
): Promise<readonly { readonly ref: string; readonly model: string | null }[]> {
  const sent = dateIn(smoke.context.at as Instant, 'UTC');
  const manifests: readonly Digest[] = await manifestsOf(run.workspace);
  return await usage.store.references({
    manifests,
    export: from.id,
    start: startOfDate(addDays(sent, -1), 'UTC'),
    end: startOfDate(addDays(sent, 3), 'UTC'),
  });
}
