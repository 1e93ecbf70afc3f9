import {
  addMeasured,
  decimal,
  type Measured,
  NOT_MEASURED,
  subtractDecimal,
} from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import { type ImportSums, sumImport } from './engines/duckdb/import-sums.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { describeParquet } from './engines/duckdb/stage.ts';
import { writtenSum } from './import-result.ts';
import type { ReadPart, Work } from './import-work.ts';
import { type Manifest, parquetPath, tableFiles } from './manifest.ts';

/** An import whose rows met those of the table. */
export interface Settled {
  /** Of the accepted rows. */
  readonly sums: ImportSums;
  readonly merged: Merged;
  readonly columns: readonly ColumnId[];
  readonly constants: Manifest['constants'];
}

/**
 * Sums what duplicates and superseded rows would have added: everything read and held, less everything kept.
 *
 * Rows of the table are what they were when they were read: after a change of the plan their amounts are in another currency
 * than those of this import, and are told apart.
 */
export async function sumAvoided(
  work: Work,
  read: readonly ReadPart[],
  settled: Settled,
): Promise<Pick<Manifest, 'avoided'>> {
  const { merged } = settled;
  if (merged.duplicate + merged.superseded === 0) return {};
  const groups = groupsOf(work, read, settled);
  const parts: Avoided[] = [];
  for (const group of groups) parts.push(await avoidedOf(work, group, settled));
  const cost = parts.flatMap((part) => part.cost);
  return {
    avoided: {
      requests: writtenSum(parts.map(({ requests }) => requests).reduce(addMeasured)),
      tokens: writtenSum(parts.map(({ tokens }) => tokens).reduce(addMeasured)),
      cost: groups.length === 1 ? cost.map(written) : addedCosts(cost).map(written),
    },
  };
}

type Cost = ImportSums['cost'][number];
type Avoided = Pick<ImportSums, 'requests' | 'tokens' | 'cost'>;

const written = ({ basis, currency, sum }: Cost) => ({ basis, currency, sum: writtenSum(sum) });

/** Files whose rows have the same constants: what was there, and what is left of it. */
interface Group {
  readonly constants: Manifest['constants'];
  readonly offered: string[];
  readonly left: string[];
  /** It has the rows of this import. */
  readonly isNew: boolean;
}

function groupsOf(
  { context, current }: Work,
  read: readonly ReadPart[],
  { merged, constants }: Settled,
): readonly Group[] {
  const kindOf = ({ currency, counts }: Manifest['constants']) =>
    JSON.stringify([currency, counts.toSorted()]);
  const staged = read.map(({ parquet }) => parquet);
  const own: Group = { constants, offered: staged, left: [...merged.fresh], isNew: true };
  const groups = new Map([[kindOf(constants), own]]);
  const files = tableFiles(current.map(({ manifest }) => manifest));
  const byPath = new Map(files.map((file) => [parquetPath(context.folder, file.digest), file]));
  for (const { old, path } of merged.replaced) {
    const before = byPath.get(old)?.constants ?? constants;
    const kind = kindOf(before);
    const group = groups.get(kind) ?? { constants: before, offered: [], left: [], isNew: false };
    groups.set(kind, group);
    group.offered.push(old);
    if (path !== undefined) group.left.push(path);
  }
  return [...groups.values()];
}

async function avoidedOf(
  { connection }: Work,
  { constants, offered, left, isNew }: Group,
  { merged, sums, columns }: Settled,
): Promise<Avoided> {
  const sum = async (paths: readonly string[]) => {
    const known = await Promise.all(
      paths.map(async (path) => (await describeParquet(connection, path)).columns),
    );
    // A file of an older import may lack a column that this one has.
    const here = columns.filter((column) => known.some((list) => list.includes(column)));
    return await sumImport(connection, paths, here, constants);
  };
  const all = await sum(offered);
  const kept = isNew && left.length === merged.fresh.length ? sums : await sum(left);
  return {
    requests: less(all.requests, kept.requests),
    tokens: less(all.tokens, kept.tokens),
    cost: all.cost.map((one) => ({ ...one, sum: less(one.sum, sumOf(kept, one)) })),
  };
}

/** Adds costs of one basis and currency; one of which no row was left out is none. */
function addedCosts(costs: readonly Cost[]): readonly Cost[] {
  const added = new Map<string, Cost>();
  for (const one of costs) {
    const kind = `${one.basis} ${one.currency}`;
    added.set(kind, { ...one, sum: addMeasured(added.get(kind)?.sum, one.sum) });
  }
  return [...added.values()].filter(({ sum }) => sum.totalRows > 0);
}

const sumOf = (kept: ImportSums, { basis, currency }: Cost): Measured =>
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
