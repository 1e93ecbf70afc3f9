import { dateIn, type Digest, type Instant, itemAt } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { PlanDocument } from '../plan/index.ts';
import {
  type AcceptedText,
  comparedPart,
  digestDocument,
  type DocumentBaseline,
  elementsOf,
  limitToPart,
  type NormalisedDocument,
  NORMALISER,
  normalisePart,
  partDigest,
} from '../verify/index.ts';
import { readBody } from './document-archive.ts';
import { readPage } from './kept-pages.ts';
import type { Workspace } from './workspace.ts';

/** What the ledger says of all documents, read once. */
export interface DocumentHistory {
  readonly checks: readonly StoredRecord<RecordOf<'document-check'>>[];
  readonly accepts: readonly StoredRecord<RecordOf<'accept'>>[];
  readonly attests: readonly StoredRecord<RecordOf<'attest'>>[];
}

/** Reads the history of the documents. */
export async function documentHistory({ ledger }: Workspace): Promise<DocumentHistory> {
  return {
    checks: await ledger.records({ kind: 'document-check' }),
    accepts: await ledger.records({ kind: 'accept' }),
    attests: await ledger.records({ kind: 'attest' }),
  };
}

/** Builds what a check of one document compares with: the text that a role accepted, and when it was last verified. */
export async function baselineOf(
  workspace: Workspace,
  document: string,
  history: DocumentHistory,
): Promise<DocumentBaseline> {
  const checks = history.checks.filter(({ body }) => body.document === document);
  const accepts = history.accepts.filter(({ body }) => body.document === document);
  const latest = accepts.at(-1);
  const attest = history.attests.findLast(({ body }) => body.document === document);
  const lastVerified = lastVerifiedOf(document, history);
  const doubted = doubtedOf(checks);
  return {
    variants: variantsOf(checks, accepts),
    flips: flipsOf(checks, workspace.ports.clock.now()),
    ...(doubted === undefined ? {} : { doubted }),
    ...(latest === undefined ? {} : { accepted: await acceptedOf(workspace, latest, checks) }),
    ...(lastVerified === undefined ? {} : { lastVerified }),
    ...(attest === undefined
      ? {}
      : {
          attested: {
            claims: attest.body.claims,
            by: attest.body.by,
            on: attest.context.at as Instant,
          },
        }),
  };
}

/** Finds when a page was last verified: a check that passed on the accepted text, or its acceptance. */
export function lastVerifiedOf(document: string, history: DocumentHistory): Instant | undefined {
  const verified = [
    ...history.accepts
      .filter(({ body }) => body.document === document)
      .map(({ context }) => context.at),
    ...history.checks
      .filter(({ body }) => body.document === document && renews(body))
      .map(({ body }) => body.accessedAt),
  ].toSorted();
  return verified.at(-1) as Instant | undefined;
}

/** What a role has attested grows old by itself, so it does not renew what the page said. */
const renews = ({ outcome, state, detail }: RecordOf<'document-check'>): boolean =>
  outcome === 'pass' &&
  detail !== 'attested' &&
  (state === 'same' || detail === 'changed-cosmetic');

/** The latest checks in a row that read the same text and did not believe it. */
function doubtedOf(checks: DocumentHistory['checks']): DocumentBaseline['doubted'] {
  const last = checks.at(-1)?.body;
  if (last?.detail !== 'degraded' || last.content === null) return undefined;
  const { content } = last;
  const before = checks.findLastIndex(
    ({ body }) => body.detail !== 'degraded' || body.content !== content,
  );
  const row = checks.slice(before + 1);
  const since = itemAt(row, 0).body.accessedAt;
  return { content: content as Digest, times: row.length, since: since as Instant };
}

async function acceptedOf(
  workspace: Workspace,
  accept: StoredRecord<RecordOf<'accept'>>,
  checks: DocumentHistory['checks'],
): Promise<NonNullable<DocumentBaseline['accepted']>> {
  const { plan, state } = workspace;
  const content = accept.body.content as Digest;
  const check = checks.findLast(
    ({ body, index }) => body.content === content && index < accept.index,
  );
  const kept = await readPage(state, content);
  const form = check === undefined ? 'none' : check.body.representation;
  const normalised =
    kept === undefined || form === 'none' ? kept : { ...kept, representation: form };
  const document = plan.documents.find(({ id }) => id === accept.body.document);
  const asKept = normalised === undefined ? {} : { normalised };
  return {
    ...(check === undefined || document === undefined
      ? asKept
      : await asReadNow(check.body, document, { workspace, kept: normalised })),
    content,
    by: accept.body.by,
    on: dateIn(accept.context.at as Instant, plan.timezone),
    ...(check === undefined || check.body.representation === 'none'
      ? {}
      : { normaliser: check.body.normaliser, representation: check.body.representation }),
  };
}

/** The accepted text as it can be compared today; without a text where today's reading would be another. */
async function asReadNow(
  check: RecordOf<'document-check'>,
  document: PlanDocument,
  {
    workspace,
    kept,
  }: { readonly workspace: Workspace; readonly kept: NormalisedDocument | undefined },
): Promise<Pick<AcceptedText, 'normalised' | 'upgraded' | 'scope'>> {
  const { state, ports } = workspace;
  const now = ports.clock.now();
  const part = comparedPart(document, now);
  const scope = part === undefined ? {} : { scope: partDigest(part) };
  if (check.normaliser === NORMALISER && check.scope === scope.scope) {
    return kept === undefined ? scope : { ...scope, normalised: kept };
  }
  const upgrade = await upgradeOf(check, { state, document, now, kept });
  if (upgrade !== undefined) return { ...scope, ...upgrade };
  return check.scope === undefined ? {} : { scope: check.scope as Digest };
}

/**
 * Reads the accepted text again as it would be read today, where its bytes are archived, or the whole text was kept and headings
 * tell the part that is compared now: a technical upgrade, never a change (design: documents.md 3.3).
 */
async function upgradeOf(
  check: RecordOf<'document-check'>,
  as: {
    readonly state: string;
    readonly document: PlanDocument;
    readonly now: Instant;
    readonly kept: NormalisedDocument | undefined;
  },
): Promise<Pick<AcceptedText, 'normalised' | 'upgraded'> | undefined> {
  const normalised = (await readAgain(check, as)) ?? partOfKept(check, as);
  return normalised === undefined
    ? undefined
    : { normalised, upgraded: digestDocument(normalised).content };
}

async function readAgain(
  { raw, representation }: RecordOf<'document-check'>,
  { state, document, now }: Parameters<typeof upgradeOf>[1],
): Promise<NormalisedDocument | undefined> {
  const body = raw === null ? undefined : await readBody(state, raw as Digest);
  if (body === undefined || representation === 'none') return undefined;
  const contentType = CONTENT_TYPES[representation];
  const url = document.url ?? 'https://localhost/';
  const read = normalisePart({ body, contentType, url }, document, now);
  return read === undefined ? undefined : { ...read, representation };
}

function partOfKept(
  { normaliser, scope }: RecordOf<'document-check'>,
  { document, now, kept }: Parameters<typeof upgradeOf>[1],
): NormalisedDocument | undefined {
  const part = comparedPart(document, now);
  const isWhole = normaliser === NORMALISER && scope === undefined;
  if (kept === undefined || part === undefined || !isWhole) return undefined;
  return elementsOf(part) === undefined ? limitToPart(kept, part) : undefined;
}

const CONTENT_TYPES = {
  html: 'text/html',
  rendered: 'text/html; charset=utf-8',
  markdown: 'text/markdown',
  json: 'application/json',
  text: 'text/plain',
} as const;

/** Texts between which a page may flip without an alarm: accepted before, or different in nothing but cosmetics. */
function variantsOf(
  checks: DocumentHistory['checks'],
  accepts: DocumentHistory['accepts'],
): readonly Digest[] {
  const latest = accepts.at(-1)?.body.content;
  // What counted as the accepted text once does so after its bytes are gone: a technical upgrade lasts.
  const cosmetic = checks
    .filter(
      ({ body }) =>
        body.detail === 'changed-cosmetic' ||
        (body.state === 'same' && body.accepted?.content === latest),
    )
    .filter(({ body }) => body.content !== null)
    .map(({ body }) => body.content as Digest);
  return [...new Set([...accepts.map(({ body }) => body.content as Digest), ...cosmetic])];
}

const WEEK_MS = 7 * 86_400_000;

/** Counts how often the text that checks saw differed from the check before, in the week before an instant. */
function flipsOf(checks: DocumentHistory['checks'], at: string): number {
  const sinceMs = Date.parse(at) - WEEK_MS;
  const seen = checks
    .filter(({ body }) => body.content !== null && body.state !== 'unreadable')
    .filter(({ body }) => Date.parse(body.accessedAt) >= sinceMs)
    .map(({ body }) => body.content);
  return seen.filter((content, index) => index > 0 && content !== seen[index - 1]).length;
}
