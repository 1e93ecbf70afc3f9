import { diffDocuments, isWording } from '../../src/verify/documents/document-diff.ts';
import { hostTemplates, withoutTemplates } from '../../src/verify/documents/host-template.ts';
import {
  digestDocument,
  type NormalisedDocument,
  textLength,
} from '../../src/verify/documents/normalised.ts';
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

/** What the replay of the pages of one host gave. */
export interface HostReplay {
  readonly fetches: number;
  readonly inconclusive: number;
  readonly alarms: readonly Alarm[];
  /** Changes of looks and of the host's template: they pass with a note. */
  readonly cosmetic: number;
  /** Alarms that one fetch alone would have raised, with variant memory. */
  readonly unconfirmed: number;
  readonly rawChanges: number;
  readonly textChanges: number;
  /** Milliseconds of reading one page: bytes to digests. */
  readonly ms: readonly number[];
}

interface Watched {
  readonly page: CorpusPage;
  readonly known: Set<string>;
  accepted?: {
    readonly blob: string;
    readonly document: NormalisedDocument;
    readonly length: number;
  };
  current?: NormalisedDocument;
  pending?: Seen;
  text?: string;
  isGone: boolean;
}

interface Seen {
  readonly blob: string;
  readonly at: number;
  readonly look: Look;
}

type Tally = { -readonly [K in Exclude<keyof HostReplay, 'alarms' | 'ms'>]: number } & {
  readonly alarms: Alarm[];
  readonly ms: number[];
};

/** The corpus keeps a fetch only when bytes changed, twice a day: a longer pause proves identical fetches in between. */
const SAME_AFTER_SECONDS = 18 * 3600;

/**
 * Replays the fetches of one host's pages, in the order of time, through acceptance, variant memory, confirmation by the next
 * fetch and the host's template; a role accepts every alarm.
 */
export async function replayHost(
  pages: readonly CorpusPage[],
  blobs: BlobReader,
): Promise<HostReplay> {
  const tally: Tally = {
    fetches: 0,
    inconclusive: 0,
    cosmetic: 0,
    unconfirmed: 0,
    rawChanges: 0,
    textChanges: 0,
    alarms: [],
    ms: [],
  };
  const watched = pages.map((page): Watched => ({ page, known: new Set(), isGone: false }));
  const events = watched.flatMap((one) => one.page.fetches.map((fetch) => ({ one, ...fetch })));
  for (const { one, blob, at } of events.toSorted((left, right) => left.at - right.at)) {
    const body = await blobs.read(blob);
    const started = performance.now();
    const look = lookAt(body, one.page.url, one.accepted?.length);
    tally.ms.push(performance.now() - started);
    tally.fetches += 1;
    const text = textDigest(wholeText(new TextDecoder().decode(body)));
    if (one.text !== undefined) tally.rawChanges += 1;
    if (one.text !== undefined && one.text !== text) tally.textChanges += 1;
    one.text = text;
    see({ blob, at, look }, one, { tally, watched });
  }
  for (const one of watched)
    if (one.pending !== undefined) raise(one.pending, one, { tally, watched });
  return tally;
}

interface Run {
  readonly tally: Tally;
  readonly watched: readonly Watched[];
}

function see(seen: Seen, one: Watched, run: Run): void {
  const { look, at } = seen;
  const { pending } = one;
  if (pending !== undefined && at - pending.at > SAME_AFTER_SECONDS) {
    delete one.pending;
    raise(pending, one, run);
  }
  if (look.kind === 'unreadable') {
    run.tally.inconclusive += 1;
    return;
  }
  if (look.kind === 'page') one.current = look.document;
  if (one.pending !== undefined && isSame(one.pending.look, look)) raise(seen, one, run);
  delete one.pending;
  if (look.kind === 'page') one.isGone = false;
  if (look.kind === 'page' && one.accepted === undefined) accept(seen, look, one);
  const isNews = look.kind === 'page' ? !one.known.has(look.content) : !one.isGone;
  if (!isNews) return;
  run.tally.unconfirmed += 1;
  one.pending = seen;
}

type PageLook = Extract<Look, { kind: 'page' }>;

function accept({ blob }: Seen, { content, document }: PageLook, one: Watched): void {
  one.accepted = { blob, document, length: textLength(document) };
  one.known.add(content);
}

function raise(seen: Seen, one: Watched, { tally, watched }: Run): void {
  const { look, blob } = seen;
  const before = one.accepted?.blob ?? '';
  const { path } = one.page;
  if (look.kind === 'missing') {
    if (!one.isGone)
      tally.alarms.push({ path, before, after: blob, kind: 'gone', isWording: false });
    one.isGone = true;
    return;
  }
  if (look.kind !== 'page' || one.accepted === undefined || one.known.has(look.content)) return;
  const { changes } = diffDocuments(one.accepted.document, look.document);
  const wording = isWording(changes);
  const isCosmetic = wording && changes.editorial === 0 && changes.cosmetic > 0;
  if (isCosmetic || isTemplate(one.accepted.document, look.document, watched)) {
    tally.cosmetic += 1;
    one.known.add(look.content);
    return;
  }
  tally.alarms.push({ path, before, after: blob, kind: 'changed', isWording: wording });
  accept(seen, look, one);
}

/** Tells whether nothing but texts that stand on three unlike pages of the host changed. */
function isTemplate(
  before: NormalisedDocument,
  after: NormalisedDocument,
  watched: readonly Watched[],
): boolean {
  const templates = new Set([
    ...hostTemplates(watched.flatMap(({ current }) => current ?? [])),
    ...hostTemplates(watched.flatMap(({ accepted }) => accepted?.document ?? [])),
  ]);
  if (templates.size === 0) return false;
  const content = (page: NormalisedDocument): string =>
    digestDocument(withoutTemplates(page, templates)).content;
  return content(before) === content(after);
}

const isSame = (left: Look, right: Look): boolean =>
  left.kind === 'page' && right.kind === 'page'
    ? left.content === right.content
    : left.kind === right.kind;
