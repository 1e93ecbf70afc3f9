import { basename } from 'node:path';
import { AppError, type Digest } from '../core/index.ts';
import { openError } from './file-error.ts';
import type { NewInput } from './import-work.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, type LoadedManifest } from './manifest.ts';
import { type FileScan, scanFile } from './scan-file.ts';
import type { ImportRequest } from './store-types.ts';

/** As many inputs as one import record names. */
const INPUTS_MAX = 32;

/** Reads the manifests of one export, oldest first. */
export async function loadCurrent({ folder, ports }: StoreContext, request: ImportRequest) {
  const loaded = await Promise.all(
    request.current.map(async (digest) => await loadManifest(folder, digest, ports.files)),
  );
  return loaded.filter(({ manifest }) => manifest.export === request.export.id);
}

/** Leaves out what was imported before, by digest: a second import of the same bytes changes nothing. */
export async function newInputs(request: ImportRequest, current: readonly LoadedManifest[]) {
  const known = new Map<Digest, LoadedManifest>();
  for (const loaded of current) {
    for (const { digest } of loaded.manifest.inputs) known.set(digest, loaded);
  }
  const found = new Map<Digest, NewInput>();
  let last: LoadedManifest | undefined;
  for (const path of [...request.files].toSorted()) {
    const scan = await scanInput(path);
    if (request.export.keep === 'inputs' && scan.hasKeyShape) throw keptKey(request, path);
    const before = known.get(scan.digest);
    if (before !== undefined) last = before;
    else if (!found.has(scan.digest)) found.set(scan.digest, { path, scan });
  }
  const all = [...found.values()];
  return { fresh: all.slice(0, INPUTS_MAX), remaining: Math.max(0, all.length - INPUTS_MAX), last };
}

async function scanInput(path: string): Promise<FileScan> {
  try {
    return await scanFile(path);
  } catch (error) {
    throw openError(error, basename(path));
  }
}

/** A copy of the file is kept whole, with the columns that no row keeps. */
const keptKey = ({ export: of }: ImportRequest, path: string): AppError =>
  new AppError('leak-blocked', {
    message: `${basename(path)} holds a text shaped like an API key, and an import of ${of.id} keeps a copy of its files; nothing was stored`,
    hint: 'Export it without that column and revoke the key. With `keep: none` no copy is kept, and only columns that rows keep are looked at.',
    file: basename(path),
  });
