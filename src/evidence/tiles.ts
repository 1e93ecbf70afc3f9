import { TILE_WIDTH } from './tree.ts';

/** An entry's length is a uint16 in an entry bundle (C2SP tlog-tiles, "Log Entries"). */
export const ENTRY_BYTES_MAX = 65_535;

/**
 * Names a tile's file as C2SP tlog-tiles does: `tile/0/x001/x234/067`, with `.p/5` for the first five hashes of it.
 *
 * @param level 0 to 5, or `entries` for bundles of leaves.
 * @param index of the tile in its level, from 0.
 * @param width 1 to 256; 256 is the full tile.
 */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  let name = digits(index % 1000);
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    name = `x${digits(rest % 1000)}/${name}`;
  }
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Joins the hashes of a tile. */
export const encodeTile = (hashes: readonly Uint8Array[]): Uint8Array => Buffer.concat(hashes);

/** Splits a tile into hashes of 32 bytes; `undefined` when its length is not that of `width` hashes. */
export function decodeTile(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  if (bytes.byteLength !== width * 32) return undefined;
  return Array.from({ length: width }, (_, index) => bytes.subarray(index * 32, index * 32 + 32));
}

/**
 * Joins leaves to an entry bundle: each with its length as two bytes, big end first.
 *
 * @throws {RangeError} for a leaf over {@link ENTRY_BYTES_MAX}.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.byteLength > ENTRY_BYTES_MAX) {
        throw new RangeError(`Expected up to ${ENTRY_BYTES_MAX} bytes, got ${entry.byteLength}`);
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.byteLength);
      return [length, entry];
    }),
  );
}

/** Splits an entry bundle into exactly `width` leaves; `undefined` when it holds fewer, more or a piece of one. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    if (at + 2 > bytes.byteLength) return undefined;
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.byteLength) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.byteLength ? entries : undefined;
}

const digits = (value: number): string => String(value).padStart(3, '0');
