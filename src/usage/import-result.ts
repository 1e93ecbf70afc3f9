import {
  addDays,
  formatDecimal,
  type Instant,
  type Measured,
  parseDecimal,
  startOfDate,
  told,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { LIMITS } from './limits.ts';
import type { Edge, LoadedManifest, Manifest } from './manifest.ts';
import type { ImportResult, ImportSummary } from './store-types.ts';

type WrittenSum = Manifest['sums']['requests'];

/** Writes a sum as a manifest holds it. */
export function writtenSum(measured: Measured): WrittenSum {
  const { value, knownRows, totalRows, tokens } = told(measured);
  return {
    value: value === null ? null : formatDecimal(value),
    knownRows,
    totalRows,
    ...(tokens && {
      tokens: { known: formatDecimal(tokens.known), total: formatDecimal(tokens.total) },
    }),
  };
}

/** Says what an import did, from nothing but its manifest. */
export function importResult(
  kind: ImportResult['kind'],
  loaded: LoadedManifest,
  plan: Plan,
  remaining: number,
): ImportResult {
  return { kind, remaining, ...summaryFields(loaded, plan) };
}

/** Says what an import did, and how much of it is still in the table. */
export function importSummary(loaded: LoadedManifest, plan: Plan, live: number): ImportSummary {
  const files = loaded.manifest.inputs.map(({ name }) => name);
  return { ...summaryFields(loaded, plan), files, live };
}

function summaryFields({ digest, manifest }: LoadedManifest, plan: Plan) {
  const { counts, sums } = manifest;
  return {
    export: manifest.export,
    adapter: manifest.adapter,
    adapterVersion: manifest.adapterVersion,
    manifest: digest,
    inputs: manifest.inputs.map((input) => input.digest),
    ...counts,
    requests: readSum(sums.requests),
    tokens: readSum(sums.tokens),
    cost: costSums(sums.cost),
    start: instantOf(manifest.start, plan.timezone),
    end: instantOf(manifest.end, plan.timezone),
    completeThrough: instantOf(manifest.completeThrough, plan.timezone),
    content: manifest.content,
    quarantinedRows: manifest.quarantined,
    droppedColumns: manifest.droppedColumns,
    replay: manifest.replay ?? null,
    flagged: manifest.flagged?.count ?? 0,
    flaggedRows: manifest.flagged?.rows ?? [],
    avoided:
      manifest.avoided === undefined
        ? null
        : {
            requests: readSum(manifest.avoided.requests),
            tokens: readSum(manifest.avoided.tokens),
            cost: costSums(manifest.avoided.cost),
          },
    shrunk: manifest.shrunk ?? [],
    restatement: manifest.constants.restatement,
    cannotTell: manifest.cannotTell.map((code) => ({ code, sentence: LIMITS[code] })),
  };
}

const costSums = (cost: Manifest['sums']['cost']) =>
  cost.map(({ basis, currency, sum }) => ({ basis, currency, sum: readSum(sum) }));

function readSum({ value, knownRows, totalRows, tokens }: WrittenSum): Measured {
  const known = parseDecimal(tokens?.known ?? '');
  const total = parseDecimal(tokens?.total ?? '');
  return {
    value: value === null ? null : (parseDecimal(value) ?? null),
    knownRows,
    totalRows,
    ...(known !== undefined && total !== undefined && { tokens: { known, total } }),
  };
}

/** A date of an unknown zone is read in the zone of the question. */
export function instantOf(edge: Edge | null, zone: string): Instant | null {
  if (edge === null) return null;
  return 'at' in edge ? edge.at : startOfDate(addDays(edge.date, 0), zone);
}
