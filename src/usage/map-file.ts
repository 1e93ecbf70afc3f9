import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, type Ports } from '../core/index.ts';
import type { TableMapping } from '../plan/index.ts';
import type { Reading, Shape } from './adapters/adapter.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { type Trial, trialRows, type TrialResult } from './engines/duckdb/map-sql.ts';
import { guessColumns, type Meaning, unitIn } from './map-columns.ts';
import { shapeOf } from './shape.ts';

/** How a file's own totals judge one way of counting. */
export interface SemanticsTrial {
  readonly name: 'inclusive' | 'exclusive' | 'disjoint' | 'reasoning-beside';
  readonly cacheInInput: 'yes' | 'no';
  readonly reasoningInOutput: 'yes' | 'no';
  /** Rows whose total is what this way of counting gives. */
  readonly explained: number;
  /** Rows that have a total. */
  readonly rows: number;
}

/** A proposal for reading an unknown file: names are guessed, ways of counting are tried on the file itself. */
export interface MapResult {
  readonly file: string;
  readonly rows: number;
  readonly guessed: Readonly<Partial<Record<Meaning, string>>>;
  readonly trials: readonly SemanticsTrial[];
  /** Rows in which the trials differ at all: the others fit several. */
  readonly telling: number;
  /** Null where a time or nothing to sum was found. */
  readonly mapping: TableMapping | null;
  /** What a person has to decide, as codes. */
  readonly open: readonly (
    | 'no-time'
    | 'nothing-to-sum'
    | 'no-total'
    | 'no-semantics-fits'
    | 'semantics-tie'
    | 'no-key'
    | 'cost-unit'
  )[];
}

/**
 * Proposes a `table` mapping for a file that no adapter knows; names and counts come out of it, never a value.
 *
 * @throws {AppError} `file-missing`, `export-unreadable`, `header-mismatch` for a file that is no table.
 */
export async function mapFile(file: string, ports: Pick<Ports, 'log'>): Promise<MapResult> {
  const path = resolve(file);
  const spill = await mkdtemp(join(await realpath(tmpdir()), 'spendproof-map-'));
  try {
    const connection = await openConnection({ files: [path], folders: [], spill });
    try {
      ports.log.progress(`Reading ${file}`);
      const shape = await shapeOf(connection, path, undefined);
      const { source, names } = tableOf(shape, file);
      const guessed = guessColumns(names);
      const result = await trialRows(connection, path, {
        source,
        guessed,
        trials: trialsOf(guessed),
      });
      return proposal(file, source, guessed, result);
    } finally {
      await connection.close();
    }
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}

function tableOf(
  shape: Shape,
  file: string,
): { source: Reading['source']; names: readonly string[] } {
  switch (shape.kind) {
    case 'csv':
      return {
        source: { kind: 'csv', delimiter: shape.delimiter, header: shape.header },
        names: shape.header,
      };
    case 'parquet':
      return { source: { kind: 'parquet', header: shape.header }, names: shape.header };
    case 'jsonl':
      return { source: { kind: 'jsonl' }, names: shape.paths };
    case 'json':
      throw new AppError('header-mismatch', {
        message: `Expected a table, one row a line, got one JSON value: ${file}`,
        hint: 'Write its rows as CSV or JSON Lines, for example with jq -c ".data[]".',
      });
    default:
      shape satisfies never;
      throw new TypeError('Unknown shape');
  }
}

const WAYS = [
  ['inclusive', 'yes', 'yes'],
  ['exclusive', 'no', 'yes'],
  ['disjoint', 'no', 'no'],
  ['reasoning-beside', 'yes', 'no'],
] as const;

/** Without a cached or a reasoning count some ways are the same; each is tried once. */
function trialsOf({ cacheRead, cacheWrite, reasoning }: MapResult['guessed']): readonly Trial[] {
  const hasCache = cacheRead !== undefined || cacheWrite !== undefined;
  return WAYS.filter(
    ([, cache, beside]) =>
      (hasCache || cache === 'yes') && (reasoning !== undefined || beside === 'yes'),
  ).map(([name, cacheInInput, reasoningInOutput]) => ({ name, cacheInInput, reasoningInOutput }));
}

interface Judged {
  readonly guessed: MapResult['guessed'];
  readonly result: TrialResult;
  readonly trials: readonly SemanticsTrial[];
}

function proposal(
  file: string,
  source: Reading['source'],
  named: MapResult['guessed'],
  result: TrialResult,
): MapResult {
  // A total that is no count in any row is money, or nothing.
  const { total: _total, ...others } = named;
  const guessed = result.withTotal === 0 ? others : named;
  const trials = result.trials.map((trial, index) => ({
    ...trial,
    explained: result.explained[index] ?? 0,
    rows: result.withTotal,
  }));
  const judged: Judged = { guessed, result, trials };
  const open = openOf(judged);
  const format = formatOf(source);
  const isUsable =
    format !== undefined && !open.includes('no-time') && !open.includes('nothing-to-sum');
  return {
    file,
    rows: result.rows,
    guessed,
    trials,
    telling: result.telling,
    mapping: isUsable ? mappingOf(format, judged) : null,
    open,
  };
}

/** The one way that explains more rows than any other; undefined where several do, or none. */
function bestOf(trials: readonly SemanticsTrial[]): SemanticsTrial | undefined {
  const [best, second] = trials.toSorted((left, right) => right.explained - left.explained);
  if (best === undefined || best.explained === 0) return undefined;
  return second?.explained === best.explained ? undefined : best;
}

function openOf({ guessed, result, trials }: Judged): MapResult['open'] {
  const hasTokens = guessed.input !== undefined && guessed.output !== undefined;
  const hasTotal = result.withTotal > 0;
  const fitsNone = trials.every(({ explained }) => explained === 0);
  const questions: readonly (readonly [MapResult['open'][number], boolean])[] = [
    ['no-time', result.unit === undefined],
    ['nothing-to-sum', !hasTokens && guessed.cost === undefined],
    ['no-total', hasTokens && !hasTotal],
    ['no-semantics-fits', hasTotal && fitsNone],
    ['semantics-tie', hasTotal && !fitsNone && bestOf(trials) === undefined],
    ['no-key', !result.isKey],
    ['cost-unit', guessed.cost !== undefined],
  ];
  return questions.filter(([, isOpen]) => isOpen).map(([code]) => code);
}

/** Says how a table is written; a file that is none has no format of a mapping. */
function formatOf(source: Reading['source']): TableMapping['format'] | undefined {
  if (source.kind === 'csv') return { kind: 'csv', delimiter: source.delimiter };
  const isTable = source.kind === 'jsonl' || source.kind === 'parquet';
  return isTable ? { kind: source.kind, delimiter: ',' } : undefined;
}

function mappingOf(
  format: TableMapping['format'],
  { guessed, result, trials }: Judged,
): TableMapping {
  const { startAt = '', requestRef, cost } = guessed;
  const unit = result.unit ?? 'iso';
  const tokens = tokensOf(guessed, bestOf(trials));
  return {
    format,
    key: result.isKey && requestRef !== undefined ? [requestRef] : 'none',
    restatement: 'append',
    columns: {
      startAt: unit === 'iso' ? startAt : { field: startAt, unit },
      ...named(guessed, ['requestRef', 'modelRequested', 'keyRef']),
    },
    ...(tokens && { tokens }),
    ...(cost !== undefined && { cost: { field: cost, unit: unitIn(cost), basis: 'charged' } }),
  };
}

function tokensOf(
  guessed: MapResult['guessed'],
  way: SemanticsTrial | undefined,
): TableMapping['tokens'] {
  const { input, output } = guessed;
  if (input === undefined || output === undefined) return undefined;
  return {
    input,
    output,
    ...named(guessed, ['cacheRead', 'cacheWrite', 'reasoning', 'total']),
    cacheInInput: way?.cacheInInput ?? 'unknown',
    reasoningInOutput: way?.reasoningInOutput ?? 'unknown',
  };
}

function named<M extends Meaning>(
  guessed: MapResult['guessed'],
  meanings: readonly M[],
): { [meaning in M]?: string } {
  const found: { [meaning in M]?: string } = {};
  for (const meaning of meanings) {
    const name = guessed[meaning];
    if (name !== undefined) found[meaning] = name;
  }
  return found;
}
