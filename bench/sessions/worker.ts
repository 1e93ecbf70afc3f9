import { mkdirSync } from 'node:fs';
import {
  decimal,
  formatDecimal,
  parseDigest,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../../src/core/index.ts';
import { findFiles, openUsageStore } from '../../src/usage/index.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';

const PLAN = `exports:
  - id: sessions
    adapter: claude-code-sessions
    path: "projects/**/*.jsonl"
    zone: UTC
    keep: none
    approved: { by: finops, date: 2026-11-16 }
`;
const NOTHING = decimal('0');
const MEASURES = [
  'inputTokens',
  'outputTokens',
  'cacheReadInputTokens',
  'cacheCreationInputTokens',
] as const;

/** What is read, into which store, and the imports that the store holds already. */
export interface Piece {
  readonly sessions: string;
  readonly state: string;
  readonly current: readonly string[];
}

/** What the reference says of a day, too: its four sums, which are disjoint there. */
export interface Told {
  readonly manifests: readonly string[];
  /** Date to input, output, cache reads and cache writes. */
  readonly days: Readonly<Record<string, readonly string[]>>;
}

/** Imports what is new of a folder, sums it by day, and writes both to stdout: all that one run of the reference does, and more. */
export async function work({ sessions, state, current }: Piece): Promise<void> {
  mkdirSync(state, { recursive: true });
  const plan = planOf(PLAN);
  const [only] = plan.exports;
  if (only === undefined) throw new Error('The plan has no export');
  const store = await openUsageStore({ folder: state }, nodePorts('2027-11-23T09:00:00Z'));
  const files = await findFiles(sessions, only.path);
  const before = current.map(parseDigest).filter((digest) => digest !== undefined);
  const { kind, manifest, quarantined } = await store.importExport({
    export: only,
    plan,
    files,
    current: before,
  });
  if (quarantined > 0) throw new Error(`Expected every line to be read, left out ${quarantined}`);
  const manifests = kind === 'imported' ? [...before, manifest] : before;
  const [from, until] = ['2026-07-01', '2027-01-01'].map((text) => parsePlainDate(text));
  const answer = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(from as PlainDate, until as PlainDate, 'UTC'),
    measures: MEASURES,
    by: ['day'],
    filter: {},
    include: [],
    asOf: '2027-11-23T09:00:00Z',
  });
  await store.close();
  const days = answer.days.map(({ date, measures }) => {
    const [input, output, read, write] = MEASURES.map((measure) =>
      BigInt(formatDecimal(measures[measure]?.value ?? NOTHING)),
    );
    if (input === undefined || read === undefined || write === undefined) throw new TypeError();
    // The reference's input leaves cached tokens out, the vocabulary's has them in.
    return [date, [input - read - write, output, read, write].map(String)];
  });
  const told: Told = { manifests, days: Object.fromEntries(days) as Told['days'] };
  process.stdout.write(JSON.stringify(told));
}
