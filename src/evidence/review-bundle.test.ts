import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  accept,
  delivery,
  makeWorld,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { createLedger } from './open-ledger.ts';
import type { RecordBody, RecordOf } from './records/registry.ts';
import { loadReviewBundle, unfinishedReviews } from './review-bundle.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const period = { start: '2026-11-16T00:00:00Z', end: '2026-11-23T00:00:00Z', zone: 'UTC' };
const attemptOf = (n: number): string => `01JD${String(n).padStart(22, '0')}`;

const start = (review: string, n: number): RecordBody => ({
  kind: 'review-start',
  review,
  attempt: attemptOf(n),
  trigger: 'cadence',
  ref: null,
  period,
});

const guard = (review: string): RecordBody => ({
  kind: 'guard',
  guard: 'evidence-gap',
  review,
  outcome: 'pass',
  reasons: [],
  missing: [],
});

const handoff = (review: string): RecordBody => ({
  kind: 'handoff',
  review,
  outcome: 'pass',
  reasons: [],
  missing: [],
  command: 'review',
  result: 'pass',
  changed: [],
  uncertainty: [],
  nextAction: 'keep-monitoring',
  owner: 'finance',
});

const review = (id: string, n: number, parts: readonly string[]): RecordOf<'review'> => ({
  kind: 'review',
  review: id,
  attempt: attemptOf(n),
  trigger: 'cadence',
  period,
  outcome: 'pass',
  exit: 0,
  reasons: [],
  missing: [],
  nextAction: 'keep-monitoring',
  owner: 'finance',
  parts,
  notCovered: [],
  held: [],
  usage: {
    coverage: { expected: 7, present: 7, missing: [], completeThrough: null },
    imports: 1,
    reconciled: 'never',
  },
  assertions: {
    patternDocumented: 'pass',
    happyTraceable: 'not-run',
    errorSafe: 'not-run',
    usageConnected: 'not-run',
  },
  notified: [],
});

it('gathers the parts of a review and of the one before it', async () => {
  const ledger = await createLedger(
    { folder: world.folder, home: world.home, origin: ORIGIN },
    world.ports,
  );
  await expect(loadReviewBundle(ledger)).rejects.toMatchObject({ code: 'record-unknown' });
  const run = async (id: string, n: number) => {
    await ledger.append([start(id, n)], options);
    const parts = await ledger.append([guard(id), delivery(n)], options);
    await ledger.append([accept(n)], options);
    const refs = parts.map(({ ref }) => ref);
    const [ended] = await ledger.append([review(id, n, refs)], options);
    await ledger.append([handoff(id)], options);
    return ended!;
  };
  await run('2026-W46', 1);
  const first = await run('2026-W47', 2);
  const second = await run('2026-W47', 3);
  await ledger.append([start('2026-W48', 4)], options);

  const bundle = await loadReviewBundle(ledger);
  expect(bundle.review).toEqual(second);
  expect(bundle.guards.map(({ body }) => body.review)).toEqual(['2026-W47']);
  expect(bundle.deliveries.map(({ body }) => body.alert)).toEqual([
    (delivery(3) as RecordOf<'delivery'>).alert,
  ]);
  expect(bundle.handoff?.index).toBeGreaterThan(second.index);
  expect(bundle.documents).toEqual([]);
  expect(bundle.previous?.review.body.review).toBe('2026-W46');
  expect(first.index).toBeLessThan(second.index);

  // A page that is rendered again later is the same page, whatever the ledger has gained.
  await ledger.append([accept(9)], options);
  expect(await loadReviewBundle(ledger, '2026-W47')).toEqual(bundle);

  const oldest = await loadReviewBundle(ledger, '2026-W46');
  expect(oldest.previous).toBeUndefined();
  await expect(loadReviewBundle(ledger, '2026-W01')).rejects.toMatchObject({
    code: 'record-unknown',
    message: expect.stringContaining('2026-W01'),
  });
  expect((await unfinishedReviews(ledger)).map(({ body }) => body.review)).toEqual(['2026-W48']);
});
