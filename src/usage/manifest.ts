import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  canonicalJson,
  type Digest,
  digestHex,
  type Instant,
  type Json,
  parseDigest,
  parseInstant,
  parsePlainDate,
  type PlainDate,
  sha256,
} from '../core/index.ts';
import { COLUMN_TYPES, type ColumnId, isColumn } from './columns.ts';
import { LIMITS, type LimitId } from './limits.ts';

// A manifest may name thousands of inputs, and a check of each takes half the time of a transform.
const DigestText = z
  .string()
  .refine((text): text is Digest => parseDigest(text) !== undefined, 'expected a digest');
const InstantText = z.string().transform((text, context): Instant => {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'expected an instant' });
  return z.NEVER;
});
const DateText = z.string().transform((text, context): PlainDate => {
  const date = parsePlainDate(text);
  if (date !== undefined) return date;
  context.addIssue({ code: 'custom', message: 'expected a date' });
  return z.NEVER;
});
const Count = z.int().min(0);
const Column = z.string().refine((text): text is ColumnId => isColumn(text));
const Limit = z.string().refine((text): text is LimitId => text in LIMITS);
const Sum = z
  .strictObject({
    value: z.string().nullable(),
    knownRows: Count,
    totalRows: Count,
    /** Of a cost that some rows do not know; absent in manifests of before it was told. */
    tokens: z.strictObject({ known: z.string(), total: z.string() }).readonly().exactOptional(),
  })
  .readonly();

const CostSums = z
  .array(
    z
      .strictObject({
        basis: z.enum(['charged', 'effective', 'list', 'upstream', 'notional']),
        currency: z.string(),
        sum: Sum,
      })
      .readonly(),
  )
  .readonly();

/** An edge in time: an instant, or a date whose zone nobody documents. */
const Edge = z.union([
  z.strictObject({ at: InstantText }).readonly(),
  z.strictObject({ date: DateText }).readonly(),
]);
export type Edge = z.infer<typeof Edge>;

/**
 * Says what one import read, added and removed: the only description of the store's files (design: product.md,
 * "Import record and manifest").
 */
export const Manifest = z
  .strictObject({
    version: z.literal(1),
    export: z.string(),
    adapter: z.string(),
    adapterVersion: z.int().min(1),
    inputs: z
      .array(z.strictObject({ digest: DigestText, bytes: Count, name: z.string() }).readonly())
      .readonly(),
    /** What is the same for every row, and so is in no file. */
    constants: z
      .strictObject({
        provider: z.string().nullable(),
        environment: z.string(),
        zone: z.string(),
        /** Null when rows name their own, or when there is no cost. */
        currency: z.string().nullable(),
        /** The step of charged amounts, where the source declares one. */
        quantum: z.string().exactOptional(),
        counts: z.array(z.enum(['attempts', 'operations'])).readonly(),
        aggregated: z.array(z.enum(['key', 'project', 'model', 'outcome'])).readonly(),
        restatement: z.enum(['append', 'max-wins', 'latest-wins', 'replace-partition']),
        key: z.array(Column).readonly(),
      })
      .readonly(),
    added: z
      .array(
        z
          .strictObject({
            digest: DigestText,
            rows: Count,
            columns: z.array(Column).readonly(),
            /** Columns that a row fills: the others are there and empty. */
            filled: z.array(Column).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    removed: z.array(DigestText).readonly(),
    /** Closed buckets without rows: measured zeros, and present days. */
    empty: z
      .array(
        z.union([
          z.strictObject({ start: InstantText, end: InstantText }).readonly(),
          z.strictObject({ date: DateText }).readonly(),
        ]),
      )
      .readonly(),
    start: Edge.nullable(),
    end: Edge.nullable(),
    /** Exclusive: everything before it was delivered, as far as the export can tell. */
    completeThrough: Edge.nullable(),
    counts: z
      .strictObject({
        accepted: Count,
        quarantined: Count,
        duplicate: Count,
        superseded: Count,
        skipped: Count,
      })
      .readonly(),
    sums: z
      .strictObject({
        requests: Sum,
        tokens: Sum,
        cost: CostSums,
      })
      .readonly(),
    content: DigestText,
    quarantined: z
      .array(z.strictObject({ file: z.string(), line: Count, reason: z.string() }).readonly())
      .readonly(),
    droppedColumns: z.array(z.string()).readonly(),
    cannotTell: z.array(Limit).readonly(),
    /** Absent in manifests of before there was a replay. */
    replay: z
      .strictObject({ reproduced: Count, differs: Count, notCheckable: Count })
      .readonly()
      .exactOptional(),
    /** Rows that were taken and are odd. */
    flagged: z
      .strictObject({
        count: Count,
        rows: z
          .array(z.strictObject({ file: z.string(), line: Count, reason: z.string() }).readonly())
          .readonly(),
      })
      .readonly()
      .exactOptional(),
    /** What the rows that do not count would have added. */
    avoided: z
      .strictObject({ requests: Sum, tokens: Sum, cost: CostSums })
      .readonly()
      .exactOptional(),
    shrunk: z
      .array(z.strictObject({ date: z.string(), before: Count, after: Count }).readonly())
      .readonly()
      .exactOptional(),
  })
  .readonly();
export type Manifest = z.infer<typeof Manifest>;

/** A manifest and the digest that names it. */
export interface LoadedManifest {
  readonly digest: Digest;
  readonly manifest: Manifest;
}

/** Gives the bytes of a manifest: canonical JSON, so that equal manifests have one digest. */
export function manifestBytes(manifest: Manifest): { bytes: Uint8Array; digest: Digest } {
  const json: Json = JSON.parse(JSON.stringify(manifest)) as Json;
  const bytes = Buffer.from(canonicalJson(json), 'utf8');
  return { bytes, digest: sha256(bytes) };
}

/** Names the places of a store. */
export const storePaths = (folder: string) => ({
  files: join(folder, 'usage', 'files'),
  manifests: join(folder, 'usage', 'manifests'),
  inputs: join(folder, 'inputs'),
  seen: join(folder, 'usage', 'seen.json'),
});

/** Names a Parquet file of the store. */
export const parquetPath = (folder: string, digest: Digest): string =>
  join(storePaths(folder).files, `${digestHex(digest)}.parquet`);

/** Names a manifest of the store. */
export const manifestPath = (folder: string, digest: Digest): string =>
  join(storePaths(folder).manifests, `${digestHex(digest)}.json`);

/**
 * Reads a manifest and checks that it is the one its digest names.
 *
 * @throws {AppError} `export-unreadable` when it is missing or was changed.
 */
export async function loadManifest(
  folder: string,
  digest: Digest,
  files: { readonly read: (path: string) => Promise<Uint8Array | undefined> },
): Promise<LoadedManifest> {
  const bytes = await files.read(manifestPath(folder, digest));
  if (bytes === undefined) throw gap(`The manifest ${digest} of an import is missing`);
  if (sha256(bytes) !== digest) throw gap(`The manifest ${digest} of an import was changed`);
  const parsed = Manifest.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (!parsed.success) throw gap(`The manifest ${digest} is of a form this version does not know`);
  return { digest, manifest: parsed.data };
}

/** Makes the error of evidence that is not there. */
export const gap = (message: string, cause?: unknown): AppError =>
  new AppError('export-unreadable', {
    message,
    hint: 'Restore the .spendproof folder from a backup, or import the export again.',
    cause,
  });

/** One file of the table, with the manifest that added it. */
export interface TableFile {
  readonly digest: Digest;
  readonly rows: number;
  readonly columns: readonly ColumnId[];
  readonly filled: readonly ColumnId[];
  readonly manifest: Manifest;
  /** Those of the import that read its rows: what a later one left alone is what it was. */
  readonly constants: Manifest['constants'];
}

/**
 * Folds manifests, oldest first, into the files of the table: added and not removed.
 *
 * Two exports of the same bytes are two files of one name: what one removes the other keeps.
 */
export function tableFiles(manifests: readonly Manifest[]): readonly TableFile[] {
  const files = new Map<string, TableFile>();
  for (const manifest of manifests) {
    const removed = manifest.removed.map((digest) => files.get(tableKey(manifest, digest)));
    for (const digest of manifest.removed) files.delete(tableKey(manifest, digest));
    const read = readFiles(manifest);
    for (const [place, added] of manifest.added.entries()) {
      const { constants } = removed[place - read] ?? manifest;
      files.set(tableKey(manifest, added.digest), { ...added, manifest, constants });
    }
  }
  return [...files.values()];
}

/**
 * Counts the files of a manifest that hold what it read: it adds them first, with as many rows as it accepted. Those beyond them
 * stood in the table before, each in the file that it removed at that place.
 */
export function readFiles({ added, counts }: Manifest): number {
  let rows = 0;
  const place = added.findIndex((one) => {
    const isRead = rows < counts.accepted;
    rows += one.rows;
    return !isRead;
  });
  return place === -1 ? added.length : place;
}

/** Names a file among those of all exports. */
export const tableKey = ({ export: id }: Pick<Manifest, 'export'>, digest: Digest): string =>
  `${id} ${digest}`;

/** Lists every column of the store, in its order. */
export const ALL_COLUMNS = Object.keys(COLUMN_TYPES).filter(isColumn);
