import {
  AppError,
  datesOf,
  type Instant,
  parseDecimal,
  parseInstant,
  type PlainDate,
} from '../core/index.ts';
import type { MeasureId } from '../plan/index.ts';
import {
  type Aggregate,
  type AggregateFlag,
  type AggregateRequest,
  COST_MEASURE,
} from './aggregate.ts';
import { coverageOf, type ExportDays, exportDays } from './aggregate-days.ts';
import { Tally } from './aggregate-tally.ts';
import { isCost } from './columns.ts';
import type { Connection, SqlRow } from './engines/duckdb/connection.ts';
import { carries, type ExportQuery, exportSql } from './engines/duckdb/export-sql.ts';
import { measuredOf } from './engines/duckdb/measure-sql.ts';
import { textAt } from './engines/duckdb/text-at.ts';
import { seatRows } from './engines/duckdb/seats.ts';
import { gap, loadManifest } from './manifest.ts';
import type { StoreContext } from './store-context.ts';
import { readerOf } from './reader.ts';
import { verifyParquet } from './store-files.ts';
import { contributors, fills, type TableExport, tableExports, type TablePart } from './views.ts';

/** Everything one question needs. */
interface Question {
  readonly request: AggregateRequest;
  readonly asOf: Instant;
  readonly connection: Connection;
  /** Of each measure, the exports whose rows count. */
  readonly chosen: ReadonlyMap<MeasureId, readonly TableExport[]>;
  /** Of each export, one of each part. */
  readonly queries: ReadonlyMap<string, readonly ExportQuery[]>;
}

/** An answer, and what each export that contributes to it has delivered. */
export interface SummedByExport {
  readonly answer: Aggregate;
  readonly delivered: readonly ExportDays[];
}

/** Sums the table as its rows stand; shared cost is labelled and not split: see {@link AggregateRequest}. */
export async function sumRows(
  context: StoreContext,
  request: AggregateRequest,
): Promise<Aggregate> {
  return (await sumByExport(context, request)).answer;
}

/** The same, with the days of each export. */
export async function sumByExport(
  context: StoreContext,
  request: AggregateRequest,
): Promise<SummedByExport> {
  const asOf = parseInstant(request.asOf);
  if (asOf === undefined)
    throw new AppError('internal', { message: 'Expected `asOf` to be an instant' });
  const loaded = await Promise.all(
    request.manifests.map(
      async (digest) => await loadManifest(context.folder, digest, context.ports.files),
    ),
  );
  const all = tableExports(
    request.plan,
    loaded.map(({ manifest }) => manifest),
  );
  const exports = all.flatMap((one) => {
    const parts = one.parts.filter((part) => isInScope(part, request));
    return parts.length === 0 ? [] : [{ ...one, parts }];
  });
  const chosen = new Map(
    request.measures.map((measure) => [measure, contributors(request.plan, exports, measure)]),
  );
  const contributing = exports.filter((one) =>
    [...chosen.values()].some((list) => list.includes(one)),
  );
  const connection = await readerOf(context);
  const queries = new Map<string, readonly ExportQuery[]>();
  const weighs = contributing.some((one) => lacksCost(one, request.measures));
  for (const one of contributing)
    queries.set(one.id, await queriesOf(context, one, { request, asOf, chosen, weighs }));
  return await answer({ request, asOf, connection, chosen, queries }, contributing);
}

/** Provider and environment are the same for every row of a part. */
function isInScope({ constants }: TablePart, { filter }: AggregateRequest): boolean {
  const { provider, environment } = filter;
  if (provider !== undefined && !provider.includes(constants.provider ?? '')) return false;
  return environment === undefined || environment.includes(constants.environment);
}

/** Tells from the manifests alone whether some row of an export may not know a cost that is asked for. */
function lacksCost({ manifests }: TableExport, measures: readonly MeasureId[]): boolean {
  return measures.filter(isCost).some((measure) =>
    manifests.some(({ counts, sums }) => {
      const known = sums.cost
        .filter(({ basis }) => COST_MEASURE[basis] === measure)
        .reduce((rows, { sum }) => rows + sum.knownRows, 0);
      return known < counts.accepted;
    }),
  );
}

async function queriesOf(
  { folder, seen }: StoreContext,
  of: TableExport,
  {
    request,
    asOf,
    chosen,
    weighs,
  }: Pick<Question, 'request' | 'asOf' | 'chosen'> & Pick<ExportQuery, 'weighs'>,
): Promise<readonly ExportQuery[]> {
  const measures = request.measures.filter(
    (measure) => measure !== 'seats' && chosen.get(measure)?.includes(of),
  );
  const { plan, period, by, filter, include } = request;
  const asked = { plan, period, asOf, measures, by, filter, include, weighs };
  return await Promise.all(
    of.parts.map(async (part) => {
      const files = await Promise.all(
        part.files.map(async ({ digest, columns }) => ({
          path: await verifyParquet(folder, digest, seen),
          columns,
        })),
      );
      return { of: part, files, ...asked };
    }),
  );
}

async function answer(
  question: Question,
  contributing: readonly TableExport[],
): Promise<SummedByExport> {
  const { request, connection, queries } = question;
  const found = new Map<string, SqlRow[]>();
  const asked = new Map<ExportQuery, readonly SqlRow[]>();
  for (const [id, list] of queries) {
    for (const query of list.filter(({ files }) => files.length > 0)) {
      const rows = await ask(connection, exportSql(query));
      asked.set(query, rows);
      found.set(id, [...(found.get(id) ?? []), ...rows]);
    }
  }
  const days = exportDays(contributing, { period: request.period, asOf: question.asOf }, found);
  const tally = new Tally(request, days, question.chosen);
  for (const [query, rows] of asked) {
    for (const row of rows) if (row['is_in'] === 'true') addRow(tally, query, row);
  }
  if (request.measures.includes('seats')) {
    const views = question.chosen.get('seats') ?? [];
    const ofViews = views
      .flatMap((one) => queries.get(one.id) ?? [])
      .filter(({ files }) => files.length > 0);
    tally.addSeats(await seatRows(connection, ofViews));
  }
  const coverage = coverageOf(request, question.asOf, days);
  const result = tally.result(datesOf(request.period).filter((date) => isPresent(days, date)));
  const { rows, total, currencies, exports } = result;
  return {
    answer: {
      period: request.period,
      rows,
      total,
      days: result.days,
      currencies,
      exports,
      coverage,
      ...quantumOf(contributing),
      flags: flagsOf(question, contributing, days, result),
      requestsAre: requestsAre(question.chosen.get('requests') ?? contributing),
    },
    delivered: days,
  };
}

function quantumOf(contributing: readonly TableExport[]): Pick<Aggregate, 'quantum'> {
  const [one, ...others] = contributing.flatMap(({ parts }) => parts);
  const quantum = parseDecimal(one?.constants.quantum ?? '');
  return quantum === undefined || others.length > 0 ? {} : { quantum };
}

const isPresent = (days: readonly ExportDays[], date: PlainDate) =>
  days.some(({ present }) => present.has(date));

async function ask(connection: Connection, sql: string): Promise<readonly SqlRow[]> {
  try {
    return await connection.rows(sql);
  } catch (cause) {
    throw gap('A usage file of the table could not be read', cause);
  }
}

function addRow(tally: Tally, query: ExportQuery, row: SqlRow): void {
  const filters = Object.keys(query.filter) as (keyof typeof query.filter)[];
  const isTold = filters.every((dimension) => carries(query.of, query.plan, dimension));
  tally.add({
    export: query.of.id,
    date: textAt(row, 'row_date'),
    group: query.by.map((dimension) => row[`d_${dimension}`] ?? null),
    currency: row['currency'] ?? null,
    isTold,
    measures: query.measures.map((measure) => [measure, measuredOf(measure, row)] as const),
  });
}

function flagsOf(
  { request }: Question,
  contributing: readonly TableExport[],
  days: readonly ExportDays[],
  result: { readonly currencies: readonly string[] },
): AggregateFlag[] {
  const flags: AggregateFlag[] = [];
  const isDaily = (of: TablePart) => of.filled.has('start_date') || of.filled.has('end_at');
  const inPeriod = contributing
    .flatMap(({ parts }) => parts)
    .filter(
      (of) => isDaily(of) && days.some(({ id, present }) => id === of.id && present.size > 0),
    );
  const zones = inPeriod.map(({ constants }) => constants.zone);
  if (zones.includes('unknown')) flags.push('zone-unknown');
  if (zones.some((zone) => zone !== 'unknown' && zone !== request.period.zone)) {
    flags.push('bucket-zone-differs');
  }
  if (request.measures.some(isCost) && result.currencies.length > 1) flags.push('currency-mixed');
  return flags;
}

function requestsAre(views: readonly TableExport[]): Aggregate['requestsAre'] {
  if (views.some((view) => !fills(view, 'operations') && fills(view, 'attempts')))
    return 'attempts';
  return views.some((view) => fills(view, 'operations')) ? 'operations' : 'unknown';
}
