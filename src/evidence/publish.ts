import { dirname, join } from 'node:path';
import { createSame, type DiskPorts, replaceWhole } from './durable-file.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { LedgerHead } from './ledger-head.ts';
import { corrupt } from './layout.ts';
import { leafHash } from './merkle.ts';
import { type NoteSigner, parseNote } from './note.ts';
import { encodeBundle, encodeTile, tilePath } from './tiles.ts';
import { TILE_WIDTH } from './tree.ts';
import { bytesAt } from './bytes-at.ts';

/**
 * Writes the tiles, the entry bundles and the signed checkpoint of all that is committed (design: evidence.md 2.3, 4 and 5).
 *
 * Every file is created whole or found with the same bytes, so any process may do this again at any time.
 *
 * @param span `published` is the size of the checkpoint that stands, `size` the committed one that it shall be.
 * @returns the root at `size`.
 * @throws {AppError} `ledger-corrupt` when a file stands with other bytes.
 */
export async function publish(
  head: LedgerHead,
  span: { readonly published: number; readonly size: number },
  signer: NoteSigner,
  ports: DiskPorts,
): Promise<Uint8Array> {
  const { layout } = head;
  const { size } = span;
  const folders = new Set<string>();
  const finished: string[] = [];
  const put = async (
    level: number | 'entries',
    index: number,
    bytes: Uint8Array,
    width: number,
  ) => {
    const path = join(layout.folder, tilePath(level, index, width));
    if (!(await createSame(path, bytes, ports))) {
      throw corrupt('Expected a tile with the bytes that the commits give, got others', path);
    }
    folders.add(dirname(path));
    if (width === TILE_WIDTH) finished.push(`${path}.p`);
  };
  const root = await putTiles(head, span, put);
  for (const folder of folders) await syncUp(folder, layout.folder, ports);
  const note = Buffer.from(signCheckpoint({ origin: signer.verifier.name, size, root }, signer));
  const dated = await putCheckpoint(join(layout.checkpoints, String(size)), note, ports);
  await ports.files.syncFolder(layout.checkpoints);
  await replaceWhole(layout.checkpoint, dated, ports);
  for (const folder of finished) await removePartials(folder, ports);
  return root;
}

/** @returns what stands there then: a reviewer may have cosigned it before a writer that was interrupted comes again. */
async function putCheckpoint(
  path: string,
  note: Uint8Array,
  ports: DiskPorts,
): Promise<Uint8Array> {
  if (await createSame(path, note, ports)) return note;
  const standing = await bytesAt(path, ports.files);
  // Another log key, in the time of a rotation, may have signed the same text.
  const text = parseNote(note)?.text;
  if (text !== undefined && parseNote(standing)?.text === text) return standing;
  throw corrupt('Expected one checkpoint for each size, got another one', path);
}

type Put = (
  level: number | 'entries',
  index: number,
  bytes: Uint8Array,
  width: number,
) => Promise<void>;

async function putTiles(
  head: LedgerHead,
  span: { readonly published: number; readonly size: number },
  put: Put,
): Promise<Uint8Array> {
  const { published, size } = span;
  const edge = await head.treeAt(published);
  const full: { level: number; index: number; hashes: readonly Uint8Array[] }[] = [];
  let entries: Uint8Array[] = [];
  let index = published - (published % TILE_WIDTH);
  for await (const leaf of head.leaves(index, size)) {
    entries.push(leaf);
    index += 1;
    if (index > published) {
      edge.push(leafHash(leaf), (level, at, hashes) => full.push({ level, index: at, hashes }));
    }
    if (entries.length === TILE_WIDTH) {
      await put('entries', index / TILE_WIDTH - 1, encodeBundle(entries), TILE_WIDTH);
      entries = [];
    }
    for (const tile of full.splice(0)) {
      await put(tile.level, tile.index, encodeTile(tile.hashes), TILE_WIDTH);
    }
  }
  if (entries.length > 0) {
    await put('entries', Math.floor(index / TILE_WIDTH), encodeBundle(entries), entries.length);
  }
  for (const { level, index: at, hashes } of edge.partialTiles()) {
    await put(level, at, encodeTile(hashes), hashes.length);
  }
  return edge.root();
}

/** Syncs a folder and those above it, up to the ledger's own: a new folder is a name in the one above. */
async function syncUp(folder: string, top: string, ports: DiskPorts): Promise<void> {
  await ports.files.syncFolder(folder);
  if (folder !== top) await syncUp(dirname(folder), top, ports);
}

/** Partial tiles are dropped once the full one is durable; else they would grow with the square of the records. */
async function removePartials(folder: string, ports: DiskPorts): Promise<void> {
  for (const name of await ports.files.list(folder)) await ports.files.remove(join(folder, name));
}
