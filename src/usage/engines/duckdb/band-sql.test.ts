import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WIDE_BAND } from '../../adapters/adapter.ts';
import { outsideSql } from './band-sql.ts';
import { type Connection, openConnection } from './connection.ts';

let folder: string;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  connection = await openConnection({ files: [], folders: [], spill: join(folder, 'spill') });
});
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

const UNIT = 10n ** 18n;
const BAND = { ...WIDE_BAND, basis: 'charged' } as const;
/** What one token costs at an edge, in units of 10⁻¹⁸. */
const perToken = (perMillion: number) => BigInt((perMillion * 1_000_000).toFixed(0)) * 1_000_000n;

/** Tokens around the numbers at which the rule changes its way, and a cost around what they cost at an edge. */
const row = fc
  .record({
    tokens: fc.oneof(
      fc.bigInt({ min: 990n, max: 1010n }),
      fc.bigInt({ min: 999_990n, max: 1_000_010n }),
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
    ),
    edge: fc.constantFrom(perToken(BAND.min), perToken(BAND.max)),
    of: fc.constantFrom(1n, 1000n, 1_000_000n),
    off: fc.bigInt({ min: -2n, max: 2n }),
    own: fc.boolean(),
  })
  .map(({ tokens, edge, of, off, own }) => ({ tokens, cost: (own ? tokens : of) * edge + off }));

const isOutside = ({ tokens, cost }: { readonly tokens: bigint; readonly cost: bigint }) =>
  tokens >= 1000n &&
  cost > 0n &&
  (cost > tokens * perToken(BAND.max) || cost < tokens * perToken(BAND.min));

const decimal = (units: bigint): string =>
  `${units < 0n ? '-' : ''}${String((units < 0n ? -units : units) / UNIT)}.${String((units < 0n ? -units : units) % UNIT).padStart(18, '0')}`;

it('flags exactly the rows whose cost lies outside the band of their tokens', async () => {
  const outside = outsideSql(BAND, ['in_unsplit', 'out_unsplit', 'cost_charged']);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 200, maxLength: 300 }), async (rows) => {
      const values = rows.map(
        ({ tokens, cost }, index) =>
          `(${index}, ${tokens}::BIGINT, NULL::BIGINT, '${decimal(cost)}'::DECIMAL(38,18))`,
      );
      const found = await connection.rows(
        `SELECT CAST(id AS VARCHAR) AS id FROM (VALUES ${values.join(', ')}) v(id, in_unsplit, out_unsplit, cost_charged)
         WHERE ${outside} ORDER BY v.id`,
      );
      const expected = rows.flatMap((one, index) => (isOutside(one) ? [String(index)] : []));
      expect(found.map(({ id }) => id)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

it('judges nothing where a cost or tokens are not told', () => {
  expect(outsideSql(BAND, ['in_unsplit'])).toBeUndefined();
  expect(outsideSql(BAND, ['cost_charged'])).toBeUndefined();
});
