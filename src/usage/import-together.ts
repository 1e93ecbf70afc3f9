import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { unitRateOf } from './conversion.ts';
import { holdsKey, stageTogether } from './engines/duckdb/stage-together.ts';
import type { NewInput, ReadPart, Work } from './import-work.ts';
import { type RecognisedFile, recogniseFile } from './shape.ts';

type ReadOne = (
  input: NewInput,
  as: { readonly part: number; readonly recognised: RecognisedFile },
) => Promise<ReadPart>;

/**
 * Reads many files at once, all as the first that the adapter recognises: a session without an answer has no usage to be
 * recognised by, and is no mistake.
 *
 * Where a line is not admitted the files are halved until the one that holds it stands alone; that one is read by lines, as
 * the others: a session that has just begun may hold nothing but the line that is being written.
 */
export async function readTogether(work: Work, readOne: ReadOne): Promise<readonly ReadPart[]> {
  const recognised = await recogniseAny(work);
  let parts = 0;
  const read = async (inputs: readonly NewInput[]): Promise<readonly ReadPart[]> => {
    work.meter.begin(inputs.reduce((sum, { bytes }) => sum + bytes, 0));
    const part = await readGroup(work, { inputs, recognised, part: (parts += 1) });
    const [only] = inputs;
    const isAlone = inputs.length === 1 && only !== undefined;
    const done =
      part ?? (isAlone ? await readOne(only, { part: (parts += 1), recognised }) : undefined);
    if (done !== undefined) {
      work.meter.finish();
      return [done];
    }
    const middle = Math.ceil(inputs.length / 2);
    return [...(await read(inputs.slice(0, middle))), ...(await read(inputs.slice(middle)))];
  };
  return await read(work.fresh);
}

async function recogniseAny({ connection, request, fresh }: Work): Promise<RecognisedFile> {
  let refused: AppError | undefined;
  for (const { path } of fresh) {
    try {
      return await recogniseFile(connection, path, { adapter: request.export.adapter });
    } catch (error) {
      if (!(error instanceof AppError) || !PASSED_OVER.has(error.code)) throw error;
      refused ??= error;
    }
  }
  throw refused ?? new TypeError('An import has at least one file');
}

/** Empty, or without usage. */
const PASSED_OVER: ReadonlySet<string> = new Set(['export-unreadable', 'header-mismatch']);

interface Group {
  readonly inputs: readonly NewInput[];
  readonly recognised: RecognisedFile;
  readonly part: number;
}

async function readGroup(
  { connection, request, work }: Work,
  { inputs, recognised, part }: Group,
): Promise<ReadPart | undefined> {
  const { reading, adapter } = recognised;
  const parquet = join(work, `stage-${String(part).padStart(3, '0')}.parquet`);
  const staged = await stageTogether(connection, {
    paths: inputs.map(({ path }) => path),
    reading,
    zone: request.export.zone ?? adapter.facts.defaultZone,
    unitRate: unitRateOf(request.conversion),
    target: { parquet },
  });
  if (staged === undefined) return undefined;
  const scanned = await Promise.all(
    inputs.map(async ({ path, scan }) => ({ path, scan: await scan })),
  );
  const { columns, rows } = staged;
  // A session may well quote a key; only what rows keep matters. The file that has it there is found by halves.
  const isMarked = scanned.some(({ scan }) => scan.hasKeyShape);
  if (isMarked && (await holdsKey(connection, parquet, columns))) return undefined;
  const lines = scanned.reduce((sum, { scan }) => sum + scan.jsonLines, 0);
  return {
    inputs: scanned,
    recognised,
    staged: { columns, quarantined: 0, quarantinedRows: [], skipped: lines - rows },
    inspection: { replay: null, flagged: 0, flaggedRows: [] },
    parquet,
    buckets: [],
  };
}
