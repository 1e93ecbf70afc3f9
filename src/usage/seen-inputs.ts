import { z } from 'zod';
import { type Digest, digestHex, parseDigest, type Ports, sha256 } from '../core/index.ts';
import { storePaths } from './manifest.ts';
import { writing } from './store-files.ts';

/** How a file stood when its bytes were scanned. */
export interface FileMark {
  readonly bytes: number;
  /** Times of change of content and of entry, and the entry itself: no write leaves all of them as they were. */
  readonly stamp: string;
  /** It changed so recently that a second change could bear the same time. */
  readonly isFresh: boolean;
}

/** A mark and what the bytes were. */
export type SeenMark = FileMark & { readonly digest: Digest };

/** Remembers digests of files that stand as they did, so that a folder of old files is not read again (as git's index does). */
export interface SeenInputs {
  /** @returns `undefined` for a file that was never seen or has changed since. */
  readonly get: (path: string, mark: FileMark) => Digest | undefined;
  readonly save: (marks: ReadonlyMap<string, SeenMark>) => Promise<void>;
}

const Seen = z.strictObject({ version: z.literal(1), files: z.record(z.string(), z.string()) });
type Files = z.infer<typeof Seen>['files'];

/** Times on a disk may be this coarse. */
const FRESH_MS = 2000;

/** Tells how a file stands now; `nowMs` is the time of asking. */
export function markOf(
  info: {
    readonly size: bigint;
    readonly mtimeNs: bigint;
    readonly ctimeNs: bigint;
    readonly ino: bigint;
  },
  nowMs: number,
): FileMark {
  const newest = info.mtimeNs > info.ctimeNs ? info.mtimeNs : info.ctimeNs;
  return {
    bytes: Number(info.size),
    stamp: `${info.size}:${info.mtimeNs}:${info.ctimeNs}:${info.ino}`,
    isFresh: Number(newest / 1_000_000n) > nowMs - FRESH_MS,
  };
}

/** Opens what a store remembers; a file of it that is missing or broken is nothing remembered. */
export async function openSeen(folder: string, { files, random }: Ports): Promise<SeenInputs> {
  const path = storePaths(folder).seen;
  const before = parseSeen(await files.read(path));
  return {
    get: (of, mark) => {
      const [stamp, digest] = (before[keyOf(of)] ?? '').split(' ');
      return stamp === mark.stamp ? parseDigest(`sha256:${digest}`) : undefined;
    },
    save: async (marks) => {
      const after: Files = { ...before };
      for (const [of, { stamp, isFresh, digest }] of marks) {
        if (!isFresh) after[keyOf(of)] = `${stamp} ${digestHex(digest)}`;
      }
      const text = JSON.stringify({ version: 1, files: after });
      if (text === JSON.stringify({ version: 1, files: before })) return;
      const temp = `${path}.${Buffer.from(random.bytes(8)).toString('hex')}`;
      await writing(async () => {
        await files.writeNew(temp, Buffer.from(text, 'utf8'));
        await files.rename(temp, path);
      });
    },
  };
}

/** Names of folders say who works on what; they are not written down again. */
const keyOf = (path: string): string => digestHex(sha256(path)).slice(0, 32);

function parseSeen(bytes: Uint8Array | undefined): Files {
  if (bytes === undefined) return {};
  try {
    const parsed = Seen.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.data.files : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
