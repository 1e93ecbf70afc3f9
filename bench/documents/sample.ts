import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { diffDocuments, isWording } from '../../src/verify/documents/document-diff.ts';
import type { BlobReader } from './corpus.ts';
import { type Look, lookAt, textDigest, wholeText } from './look.ts';
import type { ReadArticle } from './readability.ts';

/** The hand-read pairs: blob ids, label and one word why; no page is in the repository. */
const Labels = z.object({
  pairs: z.array(
    z.object({
      path: z.string(),
      before: z.string(),
      after: z.string(),
      label: z.enum(['true', 'cosmetic', 'noise', 'error']),
      why: z.string(),
    }),
  ),
});
export type LabelledPair = z.infer<typeof Labels>['pairs'][number];

/** Reads the labels. */
export const labelledPairs = (): readonly LabelledPair[] =>
  Labels.parse(JSON.parse(readFileSync('bench/documents/labels.json', 'utf8'))).pairs;

/** How one way of reading did on the sample. */
export interface SampleScore {
  readonly found: number;
  readonly missed: readonly LabelledPair[];
  /** Pairs of noise, error or cosmetics that it takes for a change. */
  readonly false: readonly LabelledPair[];
  /** Milliseconds a page. */
  readonly ms: readonly number[];
}

type Reader = (body: Uint8Array) => unknown;
type IsChange = (before: unknown, after: unknown) => boolean;

/** Scores our reading, the whole visible text and, where it is there, Mozilla Readability on the same pairs. */
export async function scoreSample(
  blobs: BlobReader,
  readArticle: ReadArticle | undefined,
): Promise<Readonly<Record<string, SampleScore>>> {
  const text = (body: Uint8Array): string => new TextDecoder().decode(body);
  const ways: Record<string, { read: Reader; isChange: IsChange }> = {
    ours: {
      read: (body) => lookAt(body, 'https://page.example/', undefined),
      isChange: (before, after) => isOurChange(before as Look, after as Look),
    },
    wholeText: { read: (body) => textDigest(wholeText(text(body))), isChange: isUnequal },
  };
  if (readArticle !== undefined) {
    ways['readability'] = { read: (body) => readArticle(text(body)), isChange: isUnequal };
  }
  const scores: Record<string, SampleScore> = {};
  const pairs = labelledPairs();
  for (const [name, way] of Object.entries(ways)) scores[name] = await score(pairs, way, blobs);
  return scores;
}

const isUnequal: IsChange = (before, after) => before !== after;

function isOurChange(before: Look, after: Look): boolean {
  if (before.kind !== 'page' || after.kind !== 'page' || before.content === after.content) {
    return false;
  }
  const { changes } = diffDocuments(before.document, after.document);
  return !(isWording(changes) && changes.editorial === 0 && changes.cosmetic > 0);
}

async function score(
  pairs: readonly LabelledPair[],
  { read, isChange }: { readonly read: Reader; readonly isChange: IsChange },
  blobs: BlobReader,
): Promise<SampleScore> {
  const ms: number[] = [];
  const missed: LabelledPair[] = [];
  const wrong: LabelledPair[] = [];
  let found = 0;
  for (const pair of pairs) {
    const seen: unknown[] = [];
    for (const blob of [pair.before, pair.after]) {
      const body = await blobs.read(blob);
      const started = performance.now();
      seen.push(read(body));
      ms.push(performance.now() - started);
    }
    const flagged = isChange(seen[0], seen[1]);
    if (pair.label === 'true' && flagged) found += 1;
    else if (pair.label === 'true') missed.push(pair);
    else if (flagged) wrong.push(pair);
  }
  return { found, missed, false: wrong, ms };
}
