import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addDays,
  type Digest,
  dateIn,
  formatDecimal,
  type Instant,
  periodAt,
  sha256,
  startOfDate,
  NOT_MEASURED,
} from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import type { Plan, PlanExport, SmokeTest } from '../../plan/index.ts';
import { findFiles, type UsageStore } from '../../usage/index.ts';
import { isRise, type LinkEvidence, linkUsage, requestedModelOf } from '../../verify/index.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { importExport, type UsageFound } from './usage.ts';

type Smoke = StoredRecord<RecordOf<'smoke'>>;
type Link = StoredRecord<RecordOf<'usage-link'>>;
type Import = StoredRecord<RecordOf<'import'>>;

/** Where the usage of a smoke test is looked for. */
export interface LinkTable {
  readonly plan: Plan;
  readonly root: string;
  readonly store: UsageStore;
  /** The imports that are the table, oldest first, and the manifest of each in the store. */
  readonly imports: readonly { readonly record: Import; readonly manifest: Digest }[];
  /** Every run that is recorded so far: those with one key stand together in its count. */
  readonly smokes: readonly Smoke[];
  readonly mac: (value: string) => string;
}

/** A smoke test that was sent, its plan, and the export that must show it. */
export interface LinkQuestion {
  readonly smoke: Smoke;
  readonly test: SmokeTest;
  readonly from: PlanExport;
  readonly asOf: Instant;
}

/** Reads the counts of dedicated keys as they stand before a review sends anything, so that the rise is of its own requests. */
export async function importCounts(run: ReviewRun, usage: UsageFound): Promise<void> {
  const { plan } = run.workspace;
  const named = plan.smoke.flatMap(({ enabled, usageEvidence }) =>
    enabled && usageEvidence?.by === 'key-day' ? [usageEvidence.export] : [],
  );
  for (const from of plan.exports.filter(({ id }) => named.includes(id))) {
    await importEvidence(run, from, usage);
  }
}

/**
 * Looks for the usage of smoke tests in the exports that the plan names, and records what was found: of the tests of this
 * review, and of earlier ones whose link was still open.
 */
export async function linkSmokeUsage(
  run: ReviewRun,
  smoke: readonly Smoke[],
  usage: UsageFound,
): Promise<readonly Link[]> {
  const { ledger, plan, root } = run.workspace;
  const known = await ledger.records({ kind: 'usage-link' });
  const smokes = await ledger.records({ kind: 'smoke' });
  const earlier = smokes.filter(
    ({ ref }) =>
      !smoke.some((one) => one.ref === ref) &&
      isOpen(known.filter(({ body }) => body.smoke === ref)),
  );
  const bodies: RecordOf<'usage-link'>[] = [];
  for (const one of [...earlier, ...smoke]) {
    const found = linkPartsOf(plan, one);
    if (found === undefined) continue;
    await importEvidence(run, found.from, usage);
    const imports = (await ledger.records({ kind: 'import' })).map((record) => ({
      record,
      manifest: record.body.manifest as Digest,
    }));
    const mac = (value: string): string => ledger.mac(value);
    const table = { plan, root, store: usage.store, imports, smokes, mac };
    const asOf = run.workspace.ports.clock.now();
    bodies.push(await usageLinkBody(table, { smoke: one, ...found, asOf }));
  }
  const stored = await recordParts(run, bodies);
  return stored.filter(({ body }) => smoke.some(({ ref }) => ref === body.smoke));
}

/** Finds what the plan says of the usage of a smoke test; a request that was never answered has left no usage to look for. */
export function linkPartsOf(
  plan: Plan,
  smoke: Smoke,
): { readonly test: SmokeTest; readonly from: PlanExport } | undefined {
  const test = plan.smoke.find(({ id }) => id === smoke.body.smoke);
  const from = plan.exports.find(({ id }) => id === test?.usageEvidence?.export);
  if (test === undefined || from === undefined || smoke.body.requests === 0) return undefined;
  return { test, from };
}

/** Answers whether the usage of one smoke test is in the table. */
export async function usageLinkBody(
  table: LinkTable,
  question: LinkQuestion,
): Promise<RecordOf<'usage-link'>> {
  const { smoke, test, from, asOf } = question;
  const found = await evidenceOf(table, question);
  const { state: _state, ...link } = linkUsage({
    export: from.id,
    sentAt: smoke.context.at as Instant,
    within: test.usageEvidence?.within ?? '24h',
    asOf,
    found,
  });
  const { before, after, sent } = found.by === 'key-day' ? found : NO_COUNTS;
  return {
    kind: 'usage-link',
    smoke: smoke.ref,
    ...link,
    asOf,
    ...(found.by === 'key-day' ? { keyDay: { before, after, sent } } : {}),
  };
}

const NO_COUNTS = { before: null, after: null, sent: 0 } as const;

/** An earlier link is looked for again as long as it was only pending; that of a run outside a review for the first time. */
const isOpen = (links: readonly Link[]): boolean =>
  links.every(({ body }) => body.reasons.includes('usage-link-pending'));

/** Imports what is new of an export that shows smoke tests; it may be in no budget. */
async function importEvidence(run: ReviewRun, from: PlanExport, usage: UsageFound): Promise<void> {
  const { workspace } = run;
  const files = await findFiles(workspace.root, from.path);
  if (files.length === 0) return;
  const now = workspace.ports.clock.now();
  const done = await importExport(workspace, usage.store, { export: from, files, now });
  run.parts.push(...done.flatMap(({ record }) => (record === undefined ? [] : [record.ref])));
}

async function evidenceOf(table: LinkTable, question: LinkQuestion): Promise<LinkEvidence> {
  const { smoke, test } = question;
  switch (test.usageEvidence?.by) {
    case 'trace': {
      const { trace } = smoke.body;
      const rows = trace === null ? [] : await referencesAround(table, question);
      return {
        by: 'trace',
        trace,
        rows: rows.map(({ ref, model }) => ({ mac: table.mac(ref), model })),
        mustMatchModel: await requestedModel(table, question),
      };
    }
    case 'key-day':
      return await keyDayOf(table, question);
    case 'attested':
    case undefined:
      // Nobody but a person can say it: `smoke attest`.
      return { by: 'attested', role: null };
    default:
      throw new RangeError('Unknown way to find usage');
  }
}

/** The model of the fixture, where the plan asks that the row names the same. */
async function requestedModel(
  { root }: LinkTable,
  { test, smoke }: LinkQuestion,
): Promise<string | null> {
  const fixture = test.request.body?.fixture;
  if (test.usageEvidence?.mustMatch.includes('model') !== true || fixture === undefined)
    return null;
  const bytes = await readFixture(join(root, fixture));
  // Another fixture than the one that was sent says nothing of the model that was asked for.
  return bytes === null || sha256(bytes) !== smoke.body.fixture ? null : requestedModelOf(bytes);
}

async function readFixture(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function referencesAround(
  { imports, store }: LinkTable,
  { smoke, from }: LinkQuestion,
): Promise<readonly { readonly ref: string; readonly model: string | null }[]> {
  const sent = dateIn(smoke.context.at as Instant, 'UTC');
  return await store.references({
    manifests: imports.map(({ manifest }) => manifest),
    export: from.id,
    start: startOfDate(addDays(sent, -1), 'UTC'),
    end: startOfDate(addDays(sent, 3), 'UTC'),
  });
}

/**
 * Counts the requests of the dedicated key on the day of the test: in what had been imported before it, and in the first later
 * import in which they rose by what was sent until then; else in the newest.
 */
async function keyDayOf(table: LinkTable, question: LinkQuestion): Promise<LinkEvidence> {
  const { smoke, from, test } = question;
  const key = test.usageEvidence?.key ?? '';
  const own = table.imports.filter(({ record }) => record.body.export === from.id);
  const earlier = own.filter(({ record }) => record.index < smoke.index);
  const since = earlier.at(-1)?.record.index ?? -1;
  const before = await countOn(table, earlier, question, key);
  let found = {
    by: 'key-day' as const,
    before,
    after: before,
    ...sentUntil(table, question, since),
  };
  for (let count = earlier.length + 1; count <= own.length; count += 1) {
    const until = own[count - 1]?.record.index ?? Infinity;
    const after = await countOn(table, own.slice(0, count), question, key);
    found = { ...found, after, ...sentUntil(table, question, since, until) };
    if (isRise(found)) break;
  }
  return found;
}

/** As many as a record can hold; a count that rose by more is no evidence of any of them. */
const SENT_MAX = 64;

/** Counts what was sent with the key on that day between two records, and by how many runs. */
function sentUntil(
  { plan, smokes }: LinkTable,
  { smoke, test }: LinkQuestion,
  since: number,
  until = Infinity,
): { readonly sent: number; readonly runs: number } {
  const key = test.usageEvidence?.key;
  const tests = plan.smoke.filter(({ usageEvidence }) => usageEvidence?.key === key);
  const day = dateIn(smoke.context.at as Instant, plan.timezone);
  const together = smokes.filter(
    ({ body, context, index }) =>
      index > since &&
      index < until &&
      body.requests > 0 &&
      tests.some(({ id }) => id === body.smoke) &&
      dateIn(context.at as Instant, plan.timezone) === day,
  );
  const sent = together.reduce(
    // The placeholder of the error path is no request of this key.
    (sum, { body }) => sum + (body.mutation === 'auth-placeholder' ? 1 : body.requests),
    0,
  );
  return { sent: Math.min(SENT_MAX, sent), runs: together.length };
}

/** @returns null when the export says nothing of that day: unknown, never zero. */
async function countOn(
  { plan, store }: LinkTable,
  imports: LinkTable['imports'],
  { smoke, from, asOf }: LinkQuestion,
  key: string,
): Promise<number | null> {
  const { approved } = from;
  const counted = { ...from, approved: { ...approved, for: ['budget-review' as const] } };
  const answer = await store.aggregate({
    // This export alone, and as if it were of a budget: what is approved to show smoke tests is in no other number.
    plan: { ...plan, exports: [counted], reconcile: [] },
    manifests: imports.map(({ manifest }) => manifest),
    period: periodAt('day', smoke.context.at as Instant, plan.timezone),
    measures: ['requests'],
    by: ['key'],
    filter: {},
    include: [],
    asOf,
  });
  if (answer.rows.length === 0) return null;
  const row = answer.rows.find(({ group }) => group.key === key);
  if (row === undefined) return 0;
  const { value, knownRows, totalRows } = row.measures.requests ?? NOT_MEASURED;
  return value === null || knownRows < totalRows ? null : Number(formatDecimal(value));
}
