import { AppError } from '../core/index.ts';
import { closingOf } from './closed-through.ts';
import { sumImport } from './engines/duckdb/import-sums.ts';
import { BegunFile, BlankPage } from './file-error.ts';
import { findingsOf } from './import-findings.ts';
import { constantsOf, countsOf, inputsOf, limitsOf, quarantinedOf } from './import-facts.ts';
import { importResult, writtenSum } from './import-result.ts';
import { loadCurrent, newInputs } from './import-inputs.ts';
import { columnsOf, mergeRead, readAll } from './import-read.ts';
import { keepInputs, settleFiles, settleInputs, settleManifest } from './import-settle.ts';
import { first, type ReadPart, type Work } from './import-work.ts';
import { nothingReadable } from './nothing-readable.ts';
import type { StoreContext } from './store-context.ts';
import type { LoadedManifest, Manifest } from './manifest.ts';
import type { ImportRequest, ImportResult } from './store-types.ts';
import { sumAvoided } from './sum-avoided.ts';
import { ChangedInputs, neverStill, refuseChanged } from './unchanged-inputs.ts';
import { withWork } from './with-work.ts';

/** How often a file that changes under our eyes is read. */
const ATTEMPTS = 3;

/**
 * Reads approved files into immutable Parquet files and one manifest: see {@link ImportRequest}.
 *
 * Files that change while they are read are left for the next import (`remaining`); where there are no others they are read
 * again.
 */
export async function importExport(
  context: StoreContext,
  request: ImportRequest,
): Promise<ImportResult> {
  let { files } = request;
  let left = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await importOnce(context, { ...request, files });
      return { ...result, remaining: result.remaining + left };
    } catch (error) {
      if (!(error instanceof ChangedInputs)) throw error;
      if (error.isAll && attempt >= ATTEMPTS) throw neverStill(error.paths);
      if (error.isAll) continue;
      left += error.paths.length;
      files = files.filter((path) => !error.paths.includes(path));
    }
  }
}

async function importOnce(context: StoreContext, request: ImportRequest): Promise<ImportResult> {
  const current = await loadCurrent(context, request);
  const { fresh, remaining, last, remember } = await newInputs(context, request, current);
  if (fresh.length === 0 && last !== undefined) {
    await remember();
    return importResult('unchanged', last, request.plan, 0);
  }
  if (fresh.length === 0) throw nothingToRead(request);
  try {
    return await withWork({ context, request, current, fresh }, async (work) => {
      const loaded = await importFiles(work);
      await remember();
      return importResult('imported', loaded, request.plan, remaining);
    });
  } catch (error) {
    // All that is new are pages without rows, which say nothing, or sessions that have just begun: the next import reads them.
    if (error instanceof BlankPage && last !== undefined)
      return importResult('unchanged', last, request.plan, remaining);
    if (!(error instanceof BegunFile) || last === undefined) throw error;
    return importResult('unchanged', last, request.plan, remaining + fresh.length);
  }
}

const nothingToRead = ({ export: of }: ImportRequest) =>
  new AppError('file-missing', {
    message: `No file of the export ${of.id} is there: ${of.path}`,
    hint: 'Save an export there, or check the path in the plan.',
    file: of.path,
  });

async function importFiles(work: Work): Promise<LoadedManifest> {
  const { context, request } = work;
  const keeps = request.export.keep === 'inputs';
  // Compression has its own thread, so it runs while the engine reads.
  const kept = keeps ? keepInputs(work) : Promise.resolve([]);
  const [read, inputs] = await settled([readAll(work), kept]);
  refuseChanged(work.fresh);
  const { reading } = first(read).recognised;
  work.meter.say('comparing with what is stored');
  const merged = await mergeRead(work, read);
  const columns = columnsOf(read);
  const constants = constantsOf(request, read);
  const sums = await sumImport(work.connection, merged.fresh, columns, constants);
  refuseNothing(request, read, sums.accepted + merged.duplicate);
  const closing = closingOf({
    sums,
    buckets: read.flatMap(({ buckets }) => buckets),
    completeness: reading.completeness,
    now: request.now ?? context.ports.clock.now(),
    lag: request.export.lag,
    zone: request.plan.timezone,
  });
  const avoided = await sumAvoided(work, read, { merged, columns, constants, sums });
  const added = await settleFiles(work, merged, sums.filled);
  const manifest: Manifest = {
    version: 1,
    export: request.export.id,
    adapter: request.export.adapter,
    adapterVersion: first(read).recognised.adapter.version,
    inputs: inputsOf(read),
    constants,
    ...added,
    ...closing,
    counts: countsOf(read, merged, sums),
    sums: {
      requests: writtenSum(sums.requests),
      tokens: writtenSum(sums.tokens),
      cost: sums.cost.map(({ basis, currency, sum }) => ({
        basis,
        currency,
        sum: writtenSum(sum),
      })),
    },
    content: sums.content,
    quarantined: quarantinedOf(read),
    droppedColumns: [...new Set(read.flatMap(({ recognised }) => recognised.reading.dropped))],
    cannotTell: limitsOf(request, read, sums),
    ...findingsOf(read, merged),
    ...avoided,
  };
  await settleInputs(work, inputs);
  return await settleManifest(work, manifest);
}

/**
 * Refuses files of which every row is left out, and stores nothing of them: bytes that were imported once are no news, so that
 * nobody could read them anew once the plan is mended. Of a session that is still written the last line may be torn.
 */
function refuseNothing({ derives }: ImportRequest, read: readonly ReadPart[], taken: number): void {
  const left = read.reduce((sum, { staged }) => sum + staged.quarantined, 0);
  const isGrowing = first(read).recognised.adapter.readsTogether === true;
  const torn = isGrowing ? read.reduce((sum, { inputs }) => sum + inputs.length, 0) : 0;
  if (derives !== true && taken === 0 && left > torn) throw nothingReadable(read);
}

/** Waits for all, so that nothing still writes when the folder is removed, and then throws the first error. */
async function settled<A, B>(steps: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(steps);
  return await Promise.all(steps);
}
