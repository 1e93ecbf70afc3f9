import {
  addDuration,
  type Digest,
  durationMs,
  fail,
  inconclusive,
  type Instant,
  instantMs,
  type Outcome,
  pass,
  type ReasonId,
} from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { type ClaimResult, type JudgedClaim, judgeClaim, notEvaluable, plain } from './claims.ts';
import { diffDocuments, isWording, NO_CHANGES } from './document-diff.ts';
import type {
  DocumentBaseline,
  DocumentCheck,
  DocumentDetail,
  DocumentState,
} from './document-check.ts';
import { digestDocument, NORMALISER, type NormalisedDocument } from './normalised.ts';
import { withoutTemplates } from './host-template.ts';
import type { PageSighting, Sighting, UnreadableSighting } from './sighting.ts';

/** Holds what a document was found to be: the last look, and whether a second one agreed where one is needed. */
export interface Finding {
  readonly sighting: Sighting;
  readonly confirmed: boolean;
}

/** Holds what a judgement rests on besides the finding. */
export interface JudgeContext {
  readonly document: PlanDocument;
  readonly baseline: DocumentBaseline;
  readonly now: Instant;
  readonly accessedAt: Instant;
  /** Texts that belong to the host's template, not to the page. */
  readonly templates?: ReadonlySet<string>;
  /** Answers that a record holds, for claims that only the access itself could show. */
  readonly answered?: ReadonlyMap<string, ClaimResult>;
}

type Comparison = Pick<
  DocumentCheck,
  'state' | 'detail' | 'changes' | 'changedSections' | 'heldSections'
> & { readonly weighed: boolean };

/** Turns a finding into a check; pure. */
export function judgeFinding(finding: Finding, context: JudgeContext): DocumentCheck {
  const { sighting, confirmed } = finding;
  if (sighting.kind === 'page') return judgePage(sighting, confirmed, context);
  if (sighting.kind === 'unreadable') return judgeUnreadable(sighting, context);
  const isGone = sighting.kind === 'missing' && confirmed;
  return withoutPage(context, sighting, {
    state: isGone ? 'gone' : 'unreadable',
    detail: isGone ? 'gone' : 'pending',
    heldSections: isGone ? 'all' : [],
  });
}

function judgeUnreadable(sighting: UnreadableSighting, context: JudgeContext): DocumentCheck {
  const { detail, doubted, because } = sighting;
  if (doubted !== undefined && isBelieved(doubted, context)) {
    const check = judgePage(doubted, true, context);
    const { changes } = check;
    return { ...check, changes: { ...changes, structural: Math.max(1, changes.structural) } };
  }
  const confirmed = detail === 'blocked' ? judgeAttested(context, BLOCKED_SHARE) : undefined;
  if (confirmed?.outcome.kind === 'pass') {
    const { outcome, claims, state, detail: attested } = confirmed;
    const check = withoutPage(context, sighting, { state, detail: attested, heldSections: [] });
    return { ...check, outcome, claims, fresh: true };
  }
  const check = withoutPage(context, sighting, { state: 'unreadable', detail, heldSections: [] });
  const told = because === undefined ? check : withReason(check, because);
  if (doubted === undefined) return told;
  // Its digests say whether the next check sees the same again.
  const { content, outline, links } = doubted.digests;
  const { representation } = doubted.compared;
  return { ...told, raw: doubted.raw, content, outline, links, representation };
}

/** Checks in a row that show the same, and the least time they span, before a doubted text is believed to be the page. */
const BELIEVED_TIMES = 4;
const BELIEVED_AFTER = '24h';

/** Tells whether a text that was doubted has been seen often and long enough. */
export function isBelieved(
  { digests }: PageSighting,
  { baseline: { accepted, doubted }, accessedAt }: JudgeContext,
): boolean {
  if (accepted === undefined || doubted?.content !== digests.content) return false;
  const isOld = accessedAt >= addDuration(doubted.since, BELIEVED_AFTER);
  return isOld && doubted.times + 1 >= BELIEVED_TIMES;
}

function withReason(check: DocumentCheck, reason: ReasonId): DocumentCheck {
  const { outcome } = check;
  const reasons = [...outcome.reasons, reason];
  return { ...check, outcome: { ...outcome, reasons } };
}

/** What a role says of a page that refuses us holds for half as long as what the page itself says. */
const BLOCKED_SHARE = 0.5;

function isAttestedFor({ document, baseline, now }: JudgeContext, share: number): boolean {
  const { attested } = baseline;
  if (attested === undefined) return false;
  const lastsMs = durationMs(document.freshness.maxAge) * share;
  return instantMs(now) <= instantMs(attested.on) + lastsMs;
}

/** Judges a document that no page can show: by what a role has confirmed, and when. */
export function judgeAttested(context: JudgeContext, share = 1): DocumentCheck {
  const { document, baseline } = context;
  const { attested } = baseline;
  const fresh = isAttestedFor(context, share);
  const confirmed = fresh ? (attested?.claims ?? []) : [];
  const claims = document.claims.map(({ id }) =>
    plain(id, confirmed.includes(id) ? 'holds' : 'not-evaluable'),
  );
  const subject = `document:${document.id}`;
  const open = openClaims(claims);
  const check = blankCheck(context, claims);
  if (attested === undefined) {
    const outcome = inconclusive('evidence-gap', subject);
    return { ...check, state: 'new', detail: 'not-attested', outcome, fresh };
  }
  if (!fresh) {
    const outcome = inconclusive('document-stale', subject);
    return { ...check, state: 'same', detail: 'stale', outcome, fresh };
  }
  const outcome = open.length > 0 ? inconclusive('claim-not-evaluable', ...open) : pass();
  return { ...check, state: 'same', detail: 'attested', outcome, fresh };
}

/** Tells whether a page's text is one that a role has accepted. */
export const isKnownText = (
  { digests }: PageSighting,
  { accepted, variants }: DocumentBaseline,
): boolean => isAccepted(digests.content, accepted) || variants.includes(digests.content);

const isAccepted = (content: Digest, accepted: DocumentBaseline['accepted']): boolean =>
  accepted?.content === content || accepted?.upgraded === content;

/** Judges the claims of a document on a page. */
export function judgeClaims(sighting: PageSighting, context: JudgeContext): readonly JudgedClaim[] {
  const { document, baseline } = context;
  const subject = {
    document: sighting.whole,
    url: sighting.url,
    planned: new URL(document.url ?? sighting.url.href),
    attested: isAttestedFor(context, 1) ? (baseline.attested?.claims ?? []) : [],
  };
  return document.claims.map((claim) => {
    const answer = context.answered?.get(claim.id);
    return answer === undefined ? judgeClaim(claim, subject) : plain(claim.id, answer);
  });
}

function judgePage(
  sighting: PageSighting,
  confirmed: boolean,
  context: JudgeContext,
): DocumentCheck {
  const claims = judgeClaims(sighting, context);
  const isBroken = confirmed && claims.some(({ result }) => result === 'broken');
  const { weighed, ...compared } = comparePage(sighting, confirmed, context);
  const detail = isBroken ? 'claim-broken' : compared.detail;
  const renews = !isBroken && (compared.state === 'same' || detail === 'changed-cosmetic');
  const fresh = renews || isFresh(context);
  const outcome = outcomeOf({ ...compared, detail, weighed, fresh, claims }, context);
  const { digests, raw, redirects, status, compared: normalised } = sighting;
  return {
    ...blankCheck(context, claims),
    ...compared,
    detail,
    outcome,
    fresh,
    status,
    redirects,
    raw,
    representation: normalised.representation,
    content: digests.content,
    outline: digests.outline,
    links: digests.links,
    masks: normalised.masks,
    normalised,
    ...(sighting.whole === normalised ? {} : { whole: sighting.whole }),
    ...(sighting.body === undefined ? {} : { body: sighting.body }),
  };
}

const UNCHANGED = { changes: NO_CHANGES, changedSections: [], heldSections: [], weighed: true };

function comparePage(
  sighting: PageSighting,
  confirmed: boolean,
  { baseline, templates }: JudgeContext,
): Comparison {
  const { accepted } = baseline;
  if (accepted === undefined) return { ...UNCHANGED, state: 'new', detail: 'first-sight' };
  const isKnown = isKnownText(sighting, baseline);
  if (isOtherForm(sighting, accepted, isKnown)) {
    return { ...UNCHANGED, state: 'new', detail: 'rebaseline-needed' };
  }
  if (isKnown) {
    const flipped = !isAccepted(sighting.digests.content, accepted);
    const detail = flipped ? 'unchanged-variant' : sighting.movedForGood ? 'moved' : 'unchanged';
    return { ...UNCHANGED, state: 'same', detail };
  }
  if (!confirmed) return { ...UNCHANGED, state: 'changed', detail: 'pending' };
  if (accepted.normalised === undefined) {
    // Nobody can say what changed, so what cites the page is held: silence would be a guess.
    const unknown = { ...UNCHANGED, heldSections: 'all', weighed: false } as const;
    return { ...unknown, state: 'changed', detail: 'changed' };
  }
  const diff = diffDocuments(accepted.normalised, sighting.compared);
  const isCosmetic =
    diff.changes.cosmetic > 0 && diff.changes.editorial === 0 && isWording(diff.changes);
  if (isOnlyTemplate(accepted.normalised, sighting.compared, templates)) {
    const cosmetic = Math.max(1, diff.changes.cosmetic + diff.changes.editorial);
    const changes = { ...NO_CHANGES, cosmetic };
    return { ...UNCHANGED, state: 'changed', detail: 'changed-cosmetic', changes };
  }
  return {
    state: 'changed',
    detail: isCosmetic ? 'changed-cosmetic' : 'changed',
    changes: diff.changes,
    changedSections: diff.sections,
    heldSections: diff.sections.filter(({ holds }) => holds).map(({ path }) => ({ path })),
    weighed: true,
  };
}

/** The whole difference is in what stands on the host's other pages too. */
function isOnlyTemplate(
  before: NormalisedDocument,
  after: NormalisedDocument,
  templates: ReadonlySet<string> = new Set(),
): boolean {
  if (templates.size === 0) return false;
  const [left, right] = [withoutTemplates(before, templates), withoutTemplates(after, templates)];
  return digestDocument(left).content === digestDocument(right).content;
}

/** Another normaliser or representation cannot be compared: a switch is never a change of the page. */
function isOtherForm(
  { compared }: PageSighting,
  accepted: NonNullable<DocumentBaseline['accepted']>,
  isKnown: boolean,
): boolean {
  const form = accepted.normalised ?? accepted;
  return (
    (!isKnown && (form.normaliser ?? NORMALISER) !== NORMALISER) ||
    (form.representation ?? compared.representation) !== compared.representation
  );
}

interface OutcomeFacts {
  readonly state: DocumentState;
  readonly detail: DocumentDetail;
  readonly weighed: boolean;
  readonly fresh: boolean;
  readonly claims: readonly JudgedClaim[];
}

function outcomeOf(facts: OutcomeFacts, { document, baseline }: JudgeContext): Outcome {
  const subject = `document:${document.id}`;
  const { state, detail, claims } = facts;
  if (detail === 'claim-broken') {
    return state === 'changed' ? fail('claim-broken', 'document-changed') : fail('claim-broken');
  }
  if (state === 'new') return inconclusive('document-new', subject);
  if (detail === 'pending' || !facts.weighed) return inconclusive('document-changed', subject);
  const open = openClaims(claims);
  const reasons = notedReasons(facts);
  if (!facts.fresh) {
    return { kind: 'inconclusive', reasons: ['document-stale', ...reasons], missing: [subject] };
  }
  if (open.length > 0) {
    return { kind: 'inconclusive', reasons: ['claim-not-evaluable', ...reasons], missing: open };
  }
  const isUnstable = detail === 'unchanged-variant' && (baseline.flips ?? 0) > FLIPS_MAX;
  return isUnstable ? pass('document-unstable', ...reasons) : pass(...reasons);
}

/** What a check says besides its outcome. */
const notedReasons = ({ state, claims }: OutcomeFacts): readonly ReasonId[] => [
  ...(claims.some(({ deprecated }) => deprecated) ? ['claim-deprecated' as const] : []),
  ...(state === 'changed' ? ['document-changed' as const] : []),
];

/** A page that flips more often in a week is no steady source, whatever its texts say. */
const FLIPS_MAX = 4;

const openClaims = (claims: readonly JudgedClaim[]): readonly string[] =>
  claims.filter(({ result }) => result === 'not-evaluable').map(({ claim }) => `claim:${claim}`);

function withoutPage(
  context: JudgeContext,
  { status, redirects }: Sighting,
  found: Pick<DocumentCheck, 'state' | 'detail' | 'heldSections'>,
): DocumentCheck {
  const fresh = isFresh(context);
  const subject = `document:${context.document.id}`;
  const check = blankCheck(context, context.document.claims.map(notEvaluable));
  const base = { ...check, ...found, status, redirects, fresh };
  if (found.state === 'gone') return { ...base, outcome: fail('document-gone') };
  const why: ReasonId = found.detail === 'moved-host' ? 'document-moved' : 'document-unreadable';
  const reasons: ReasonId[] = fresh ? [why] : [why, 'document-stale'];
  return { ...base, outcome: { kind: 'inconclusive', reasons, missing: [subject] } };
}

/** The last verification still counts; a page that never was verified is not fresh. */
function isFresh({ document, baseline, now }: JudgeContext): boolean {
  const { lastVerified } = baseline;
  return lastVerified !== undefined && now <= addDuration(lastVerified, document.freshness.maxAge);
}

function blankCheck(
  { document, baseline, accessedAt }: JudgeContext,
  claims: readonly JudgedClaim[],
) {
  const known = baseline.accepted;
  return {
    document: document.id,
    accessedAt,
    status: null,
    redirects: 0,
    representation: 'none',
    normaliser: NORMALISER,
    raw: null,
    content: null,
    outline: null,
    links: null,
    accepted: known === undefined ? null : { content: known.content, by: known.by, on: known.on },
    changes: NO_CHANGES,
    claims: claims.map(({ claim, result }) => ({ claim, result })),
    deprecated: claims.filter(({ deprecated }) => deprecated).map(({ claim }) => claim),
    changedSections: [],
    heldSections: [],
  } as const satisfies Omit<DocumentCheck, 'outcome' | 'state' | 'detail' | 'fresh'>;
}
