import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Digest, type Instant, parseDigest, parseInstant } from '../core/index.ts';
import type { FetchMemory, Snapshot, StoredRobots } from '../verify/index.ts';
import { readPage } from './kept-pages.ts';
import { writeWhole } from './write-whole.ts';

/** A memory that can be written back when the checks are over. */
export interface KeptMemory extends FetchMemory {
  readonly save: () => Promise<void>;
}

const Address = z.string().max(2000);
const Moment = z.custom<Instant>(
  (value) => typeof value === 'string' && parseInstant(value) !== undefined,
);
const Sum = z.custom<Digest>(
  (value) => typeof value === 'string' && parseDigest(value) !== undefined,
);
const Validator = z.string().max(300).nullable();
const StoredSnapshot = z.strictObject({
  binding: Sum,
  asked: Address,
  url: Address,
  etag: Validator,
  lastModified: Validator,
  raw: Sum,
  whole: Sum,
  readAt: Moment,
  renewals: z.int().min(0),
});
const Stored = z.strictObject({
  version: z.literal(1),
  snapshots: z.record(z.string(), StoredSnapshot),
  robots: z.record(z.string(), z.strictObject({ readAt: Moment, text: z.string() })),
});
type Stored = z.output<typeof Stored>;

/**
 * Opens what saves requests: validators and robots rules in `.spendproof/documents/validators.json`.
 *
 * It is no evidence and may be deleted at any time; a file that cannot be read counts as none.
 */
export async function openMemory(state: string): Promise<KeptMemory> {
  const path = join(state, 'documents', 'validators.json');
  const stored = await readStored(path);
  const snapshots = new Map<string, Snapshot>(Object.entries(stored.snapshots));
  const robots = new Map<string, StoredRobots>(Object.entries(stored.robots));
  return {
    snapshotOf: (document) => snapshots.get(document),
    keepSnapshot: (document, snapshot) => void snapshots.set(document, snapshot),
    robotsOf: (origin) => robots.get(origin),
    keepRobots: (origin, rules) => void robots.set(origin, rules),
    textOf: async (content) => await readPage(state, content),
    save: async () => {
      const next: Stored = {
        version: 1,
        snapshots: Object.fromEntries(snapshots),
        robots: Object.fromEntries(robots),
      };
      await writeWhole(path, `${JSON.stringify(next)}\n`);
    },
  };
}

const NOTHING: Stored = { version: 1, snapshots: {}, robots: {} };

async function readStored(path: string): Promise<Stored> {
  try {
    const read = Stored.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return read.success ? read.data : NOTHING;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing || error instanceof SyntaxError) return NOTHING;
    throw error;
  }
}
