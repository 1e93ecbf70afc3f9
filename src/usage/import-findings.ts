import { decimal, type Measured, subtractDecimal, NOT_MEASURED } from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import { QUARANTINE_SHOWN } from './engines/duckdb/by-line.ts';
import { describeParquet } from './engines/duckdb/stage.ts';
import { type ImportSums, sumImport } from './engines/duckdb/import-sums.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { nameOf } from './import-facts.ts';
import { writtenSum } from './import-result.ts';
import type { ReadPart, Work } from './import-work.ts';
import type { Manifest } from './manifest.ts';

/** Says what is odd about an import that was taken: charges that do not follow, costs of no world, days that shrank. */
export function findingsOf(
  read: readonly ReadPart[],
  { shrunk, doubtful = [] }: Merged,
): Pick<Manifest, 'replay' | 'flagged' | 'shrunk'> {
  const replays = read.flatMap(({ inspection }) => inspection.replay ?? []);
  const odd = read.filter(({ parquet }) => doubtful.includes(parquet));
  const flagged = read.reduce((sum, { inspection }) => sum + inspection.flagged, odd.length);
  const sum = (of: 'reproduced' | 'differs' | 'notCheckable') =>
    replays.reduce((total, counts) => total + counts[of], 0);
  return {
    ...(replays.length > 0 && {
      replay: {
        reproduced: sum('reproduced'),
        differs: sum('differs'),
        notCheckable: sum('notCheckable'),
      },
    }),
    ...(flagged > 0 && { flagged: { count: flagged, rows: flaggedRows(read, odd) } }),
    ...(shrunk.length > 0 && { shrunk }),
  };
}

const flaggedRows = (read: readonly ReadPart[], odd: readonly ReadPart[]) =>
  [
    ...odd.map((part) => ({ file: nameOf(part), line: 1, reason: 'days-of-another-file-too' })),
    ...read.flatMap((part) =>
      part.inspection.flaggedRows.map((row) => ({ file: nameOf(part), ...row })),
    ),
  ].slice(0, QUARANTINE_SHOWN);

interface Settled {
  /** Of the accepted rows. */
  readonly sums: ImportSums;
  readonly merged: Merged;
  readonly columns: readonly ColumnId[];
  readonly constants: Manifest['constants'];
}

/** Sums what duplicates and superseded rows would have added: everything read and held, less everything kept. */
export async function sumAvoided(
  { connection }: Work,
  read: readonly ReadPart[],
  { merged, columns, constants, sums }: Settled,
): Promise<Pick<Manifest, 'avoided'>> {
  if (merged.duplicate + merged.superseded === 0) return {};
  const sum = async (paths: readonly string[]) => {
    const known = await Promise.all(
      paths.map(async (path) => (await describeParquet(connection, path)).columns),
    );
    // A file of an older import may lack a column that this one has.
    const here = columns.filter((column) => known.some((list) => list.includes(column)));
    return await sumImport(connection, paths, here, constants);
  };
  const offered = await sum([
    ...read.map(({ parquet }) => parquet),
    ...merged.replaced.map(({ old }) => old),
  ]);
  const left = merged.replaced.flatMap(({ path }) => path ?? []);
  const kept = left.length === 0 ? sums : await sum([...merged.fresh, ...left]);
  return {
    avoided: {
      requests: writtenSum(less(offered.requests, kept.requests)),
      tokens: writtenSum(less(offered.tokens, kept.tokens)),
      cost: offered.cost.map((one) => ({
        basis: one.basis,
        currency: one.currency,
        sum: writtenSum(less(one.sum, sumOf(kept, one))),
      })),
    },
  };
}

const sumOf = (kept: ImportSums, { basis, currency }: ImportSums['cost'][number]): Measured =>
  kept.cost.find((other) => other.basis === basis && other.currency === currency)?.sum ??
  NOT_MEASURED;

/** Rows that nobody knows on either side stay unknown: a difference is known where something was. */
function less(whole: Measured, part: Measured): Measured {
  const value =
    whole.value === null ? null : subtractDecimal(whole.value, part.value ?? decimal('0'));
  return {
    value,
    knownRows: whole.knownRows - part.knownRows,
    totalRows: whole.totalRows - part.totalRows,
    ...lessTokens(whole, part),
  };
}

function lessTokens({ tokens }: Measured, part: Measured): Pick<Measured, 'tokens'> {
  if (tokens === undefined) return {};
  if (part.tokens === undefined) return part.totalRows === 0 ? { tokens } : {};
  return {
    tokens: {
      known: subtractDecimal(tokens.known, part.tokens.known),
      total: subtractDecimal(tokens.total, part.tokens.total),
    },
  };
}
