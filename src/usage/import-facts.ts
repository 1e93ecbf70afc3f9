import { basename } from 'node:path';
import type { Reading } from './adapters/adapter.ts';
import { unitPriceOf } from './conversion.ts';
import { QUARANTINE_SHOWN } from './engines/duckdb/by-line.ts';
import type { ImportSums } from './engines/duckdb/import-sums.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { first, type ReadPart } from './import-work.ts';
import type { LimitId } from './limits.ts';
import type { Manifest } from './manifest.ts';
import type { ImportRequest } from './store-types.ts';

/** Says what is the same for every row of an import. */
export function constantsOf(
  { export: of, plan, conversion }: ImportRequest,
  read: readonly ReadPart[],
): Manifest['constants'] {
  const { adapter, reading } = first(read).recognised;
  const [only] = plan.providers;
  return {
    provider: of.provider ?? (plan.providers.length === 1 ? (only?.id ?? null) : null),
    environment: of.environment,
    zone: of.zone ?? adapter.facts.defaultZone,
    currency: currencyOf(reading, conversion?.per.currency),
    ...quantumOf(reading, unitPriceOf(conversion)),
    counts: reading.counts,
    aggregated: reading.aggregated,
    restatement: reading.restatement,
    key: reading.key === 'none' ? [] : reading.key,
  };
}

/** A gateway's internal unit is the step of everything that it charges. */
function quantumOf({ costs }: Reading, unitPrice: string | undefined) {
  const charged = costs.find(({ basis }) => basis === 'charged');
  const quantum = charged?.unit === 'units' ? unitPrice : charged?.quantum;
  return quantum === undefined ? {} : { quantum };
}

function currencyOf(reading: Reading, converted: string | undefined): string | null {
  if (reading.currency.from === 'conversion') return converted ?? null;
  return reading.currency.from === 'format' ? reading.currency.code : null;
}

/** Says what the files of an import cannot tell. */
export function limitsOf(
  { conversion, export: of }: ImportRequest,
  read: readonly ReadPart[],
  { spansDays }: Pick<ImportSums, 'spansDays'>,
): LimitId[] {
  const readings = read.map(({ recognised }) => recognised.reading);
  const unconverted =
    conversion === undefined &&
    readings.some(({ costs }) => costs.some(({ unit }) => unit === 'units'));
  const zoned = of.zone !== undefined && of.zone !== 'unknown';
  // One page that says that it is the last one speaks for those before it.
  const hasMore = readings.every((reading) => reading.hasMore);
  const limits = readings
    .flatMap(({ cannotTell }) => cannotTell)
    .filter((limit) => limit !== 'more-pages' && !(zoned && limit === 'zone-undocumented'));
  return [
    ...new Set([
      ...limits,
      ...(hasMore ? (['more-pages'] as const) : []),
      ...(unconverted ? (['quota-unconverted'] as const) : []),
      ...(spansDays ? (['rows-span-days'] as const) : []),
    ]),
  ];
}

/** Names the files that an import read. */
export const inputsOf = (read: readonly ReadPart[]): Manifest['inputs'] =>
  read
    .flatMap(({ inputs }) => inputs)
    .map(({ path, scan }) => ({ digest: scan.digest, bytes: scan.bytes, name: basename(path) }));

/** Names the file of rows that are told one by one: where such rows are, a part is one file. */
export const nameOf = ({ inputs }: ReadPart): string => basename(inputs[0]?.path ?? '');

/** Says what became of every row. */
export const countsOf = (
  read: readonly ReadPart[],
  { duplicate, superseded }: Merged,
  { accepted }: ImportSums,
): Manifest['counts'] => ({
  accepted,
  quarantined: read.reduce((sum, { staged }) => sum + staged.quarantined, 0),
  duplicate,
  superseded,
  skipped: read.reduce((sum, { staged }) => sum + staged.skipped, 0),
});

/** Lists the first rows that were left out, each with its file. */
export const quarantinedOf = (read: readonly ReadPart[]): Manifest['quarantined'] =>
  read
    .flatMap((part) => part.staged.quarantinedRows.map((row) => ({ file: nameOf(part), ...row })))
    .slice(0, QUARANTINE_SHOWN);
