import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError, dateIn, type Digest, digestHex, type Instant, sha256 } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { parseSeries, type SeriesRow, seriesDays, type SeriesValues } from '../metrics/index.ts';
import { findSecrets, type Plan } from '../plan/index.ts';
import { findFiles } from '../usage/index.ts';
import { refuseUnapproved } from './approval.ts';
import type { ReviewRun } from './run.ts';
import type { Workspace } from './workspace.ts';
import { writeWhole } from './write-whole.ts';

type PlanSeries = Plan['series'][number];

/** A series as its files say it now. */
export interface ReadSeries {
  readonly values: SeriesValues;
  /** In the order in which the files supersede each other. */
  readonly files: readonly SeriesFile[];
}

/** One file of a series: its name for messages, and its bytes. */
export interface SeriesFile {
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

const FILES_MAX = 32;
/** No file of a series is larger. */
export const SERIES_BYTES_MAX = 16_777_216;

/**
 * Reads the approved files of a series, in the order of their names; changes nothing.
 *
 * @throws {AppError} `approval-missing` when the approval has not begun or has ended, `export-unreadable` when there is no file
 * or a line is no row, `leak-blocked` when a text is shaped like a key.
 */
export async function readSeries(
  { plan, root }: Workspace,
  id: string,
  now: Instant,
): Promise<ReadSeries> {
  const entry = plan.series.find((one) => one.id === id);
  if (entry === undefined) throw unreadable(`The plan has no series ${id}`, undefined);
  refuseUnapproved(entry, dateIn(now, plan.timezone));
  const paths = await findFiles(root, entry.path);
  if (paths.length === 0) throw unreadable(`Expected files of the series ${id}`, entry.path);
  if (paths.length > FILES_MAX) {
    throw unreadable(`Expected ${FILES_MAX} files of the series ${id} at most`, entry.path);
  }
  return seriesFrom(entry, await Promise.all(paths.map(readFileOf)));
}

/** Reads a series by its id; `undefined` where it cannot be read: a gap by name, which must not hide what other numbers show. */
export type SeriesReader = (id: string) => Promise<ReadSeries | undefined>;

/** Reads series as their files say now. */
export const currentSeries =
  (workspace: Workspace, now: Instant): SeriesReader =>
  async (id) => {
    try {
      return await readSeries(workspace, id, now);
    } catch (error) {
      if (!(error instanceof AppError) || error.exit === 7 || error.exit === 1) throw error;
      const { code, message } = error;
      workspace.ports.log.warn('series.gap', { series: id, code, message });
      return undefined;
    }
  };

/** Reads series as their files say now, keeps the files and records that they were read. */
export const recordedSeries =
  (run: ReviewRun): SeriesReader =>
  async (id) => {
    const read = await currentSeries(run.workspace, run.now)(id);
    const record = read === undefined ? undefined : await recordSeries(run.workspace, read);
    if (record !== undefined) run.parts.push(record.ref);
    return read;
  };

/** Reads a series from the bytes of its files. @throws {AppError} `export-unreadable` when a line is no row. */
export function seriesFrom(entry: PlanSeries, files: readonly SeriesFile[]): ReadSeries {
  const { id } = entry;
  const days = seriesDays(
    files.map(({ name, bytes }) => rowsOf(Buffer.from(bytes).toString('utf8'), name)),
  );
  const stock = entry.stock === undefined ? {} : { stock: entry.stock };
  return { values: { id, ...stock, days }, files };
}

async function readFileOf(path: string): Promise<SeriesFile> {
  const name = basename(path);
  const { size } = await stat(path);
  if (size > SERIES_BYTES_MAX) throw unreadable('Expected a series of 16 MB at most', name);
  const bytes = await readFile(path);
  if (findSecrets(bytes.toString('utf8')).length > 0) {
    throw new AppError('leak-blocked', {
      message: `${name} holds a text shaped like a key; nothing was stored`,
      hint: 'Leave keys out of a series, and revoke the key.',
      file: name,
    });
  }
  return { name, digest: sha256(bytes), bytes };
}

function rowsOf(text: string, name: string): readonly SeriesRow[] {
  const file = parseSeries(text);
  if (file.kind === 'ok') return file.rows;
  throw unreadable(`Expected ${file.expected} (line ${file.line})`, name);
}

const unreadable = (message: string, file: string | undefined): AppError =>
  new AppError('export-unreadable', {
    message,
    hint: 'A series is CSV with the header date,amount or date,amount,label.',
    ...(file === undefined ? {} : { file }),
  });

/** Keeps the files of a series by digest and records that they were read, once for the same bytes. */
async function recordSeries(
  workspace: Workspace,
  { values, files }: ReadSeries,
): Promise<StoredRecord<RecordOf<'series'>> | undefined> {
  const entry = workspace.plan.series.find(({ id }) => id === values.id);
  if (entry === undefined) return undefined;
  const body = seriesBody(entry, { values, files });
  const inputs = body.inputs;
  const isSame = (records: readonly StoredRecord[]): boolean => {
    const last = records.findLast(
      ({ body }) => body.kind === 'series' && body.series === values.id,
    )?.body;
    return last?.kind === 'series' && last.inputs.join() === inputs.join();
  };
  for (const { digest, bytes } of files) await keepInput(workspace.state, digest, bytes);
  const [record] = await workspace.record([body], { unless: isSame });
  return record;
}

/** Says of a series what its record says. */
export function seriesBody(
  { id, approved }: PlanSeries,
  { values: { days }, files }: ReadSeries,
): RecordOf<'series'> {
  return {
    kind: 'series',
    series: id,
    inputs: files.map(({ digest }) => digest),
    days: days.length,
    first: days[0]?.date ?? null,
    last: days.at(-1)?.date ?? null,
    approvedBy: approved.by,
    approvedUntil: approved.until ?? null,
  };
}

const keepInput = async (state: string, digest: Digest, bytes: Uint8Array): Promise<void> =>
  await writeWhole(join(state, 'inputs', `${digestHex(digest)}.gz`), gzipSync(bytes));
