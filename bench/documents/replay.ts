import { diffDocuments, isWording } from '../../src/verify/documents/document-diff.ts';
import { type NormalisedDocument, textLength } from '../../src/verify/documents/normalised.ts';
import type { BlobReader, CorpusPage } from './corpus.ts';
import { type Look, lookAt, textDigest, wholeText } from './look.ts';

/** One alarm: a text that nobody had accepted, seen twice. */
export interface Alarm {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly kind: 'changed' | 'gone';
  /** Only wording changed: an agenda line, nothing is held. */
  readonly isWording: boolean;
}

/** What the replay of one page gave. */
export interface PageReplay {
  readonly fetches: number;
  readonly inconclusive: number;
  readonly alarms: readonly Alarm[];
  readonly cosmetic: number;
  /** Alarms that one fetch alone would have raised, with variant memory. */
  readonly unconfirmed: number;
  readonly rawChanges: number;
  readonly textChanges: number;
  /** Milliseconds of reading one page: bytes to digests. */
  readonly ms: readonly number[];
}

interface Seen {
  readonly blob: string;
  readonly at: number;
  readonly look: Look;
}

/** The corpus keeps a fetch only when bytes changed, twice a day: a longer pause proves identical fetches in between. */
const SAME_AFTER_SECONDS = 18 * 3600;

/** Replays the fetches of one page through accept, variant memory and confirmation; a role accepts every alarm. */
export async function replayPage(page: CorpusPage, blobs: BlobReader): Promise<PageReplay> {
  const tally = { inconclusive: 0, cosmetic: 0, unconfirmed: 0, rawChanges: 0, textChanges: 0 };
  const ms: number[] = [];
  const alarms: Alarm[] = [];
  const known = new Map<string, true>();
  let accepted: { blob: string; document: NormalisedDocument; length: number } | undefined;
  let pending: Seen | undefined;
  let text: string | undefined;
  let isGone = false;
  const accept = (seen: Seen, document: NormalisedDocument, content: string): void => {
    accepted = { blob: seen.blob, document, length: textLength(document) };
    known.set(content, true);
  };
  const confirm = ({ look, blob, at }: Seen): void => {
    pending = undefined;
    if (look.kind === 'missing') {
      if (!isGone) alarms.push({ path: page.path, before: accepted?.blob ?? '', after: blob, kind: 'gone', isWording: false });
      isGone = true;
    }
    if (look.kind !== 'page' || accepted === undefined || known.has(look.content)) return;
    const { changes } = diffDocuments(accepted.document, look.document);
    const wording = isWording(changes);
    if (wording && changes.editorial === 0 && changes.cosmetic > 0) {
      tally.cosmetic += 1;
      known.set(look.content, true);
      return;
    }
    alarms.push({ path: page.path, before: accepted.blob, after: blob, kind: 'changed', isWording: wording });
    accept({ blob, at, look }, look.document, look.content);
  };
  for (const { blob, at } of page.fetches) {
    const body = await blobs.read(blob);
    const started = performance.now();
    const look = lookAt(body, page.url, accepted?.length);
    ms.push(performance.now() - started);
    const nextText = textDigest(wholeText(new TextDecoder().decode(body)));
    if (text !== undefined) tally.rawChanges += 1;
    if (text !== undefined && text !== nextText) tally.textChanges += 1;
    text = nextText;
    const seen = { blob, at, look };
    if (pending !== undefined && at - pending.at > SAME_AFTER_SECONDS) confirm(pending);
    if (look.kind === 'unreadable') {
      tally.inconclusive += 1;
      continue;
    }
    if (pending !== undefined && isSame(pending.look, look)) confirm(seen);
    pending = undefined;
    if (look.kind === 'page') isGone = false;
    if (look.kind === 'page' && accepted === undefined) accept(seen, look.document, look.content);
    const isNews = look.kind === 'missing' ? !isGone : look.kind === 'page' && !known.has(look.content);
    if (!isNews) continue;
    tally.unconfirmed += 1;
    pending = seen;
  }
  return { fetches: page.fetches.length, ...tally, alarms, ms };
}

const isSame = (left: Look, right: Look): boolean =>
  left.kind === 'page' && right.kind === 'page'
    ? left.content === right.content
    : left.kind === right.kind;
