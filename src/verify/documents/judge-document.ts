import {
  addDuration,
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
import { comparePage } from './compare-page.ts';
import { comparedPart, partDigest } from './compared-part.ts';
import { NO_CHANGES } from './document-diff.ts';
import type {
  DocumentBaseline,
  DocumentCheck,
  DocumentDetail,
  DocumentState,
} from './document-check.ts';
import { NORMALISER, sectionsDigest } from './normalised.ts';
import type { PageSighting, Sighting, UnreadableSighting } from './sighting.ts';
import { trailFacts } from './trail.ts';

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
  const sections = sectionsDigest(doubted.digests);
  const { representation } = doubted.compared;
  return { ...told, raw: doubted.raw, content, outline, links, sections, representation };
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
  const part = comparedPart(context.document, context.now);
  const scope = part === undefined ? undefined : partDigest(part);
  const { weighed, ...compared } = comparePage(sighting, confirmed, { ...context, scope });
  const detail = isBroken ? 'claim-broken' : compared.detail;
  const renews = !isBroken && (compared.state === 'same' || detail === 'changed-cosmetic');
  const fresh = renews || isFresh(context);
  const outcome = outcomeOf({ ...compared, detail, weighed, fresh, claims }, context);
  const { digests, raw, compared: normalised } = sighting;
  return {
    ...blankCheck(context, claims),
    ...accessFacts(sighting, context),
    ...compared,
    detail,
    outcome,
    fresh,
    raw,
    representation: normalised.representation,
    content: digests.content,
    outline: digests.outline,
    links: digests.links,
    sections: sectionsDigest(digests),
    ...(scope === undefined ? {} : { scope }),
    masks: normalised.masks,
    normalised,
    ...(sighting.whole === normalised ? {} : { whole: sighting.whole }),
    ...(sighting.body === undefined ? {} : { body: sighting.body }),
  };
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
  if (state === 'new') {
    const reasons: ReasonId[] = ['document-new', ...(detail === 'pending' ? UNSTEADY : [])];
    return { kind: 'inconclusive', reasons, missing: [subject] };
  }
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

const UNSTEADY: readonly ReasonId[] = ['document-unsteady'];

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
  sighting: Sighting,
  found: Pick<DocumentCheck, 'state' | 'detail' | 'heldSections'>,
): DocumentCheck {
  const fresh = isFresh(context);
  const subject = `document:${context.document.id}`;
  const check = blankCheck(context, context.document.claims.map(notEvaluable));
  const base = { ...check, ...accessFacts(sighting, context), ...found, fresh };
  if (found.state === 'gone') return { ...base, outcome: fail('document-gone') };
  const why: ReasonId = found.detail === 'moved-host' ? 'document-moved' : 'document-unreadable';
  const reasons: ReasonId[] = fresh ? [why] : [why, 'document-stale'];
  return { ...base, outcome: { kind: 'inconclusive', reasons, missing: [subject] } };
}

/** What is known of the access, whatever came of it. */
function accessFacts(
  { status, redirects, trail }: Sighting,
  { document, accessedAt }: JudgeContext,
) {
  const last = trail?.urls.at(-1);
  const foundAt = last === undefined ? undefined : pageAddress(last);
  const isElsewhere = foundAt !== undefined && foundAt !== pageAddress(document.url ?? foundAt);
  return {
    status,
    redirects,
    ...trailFacts(trail, accessedAt),
    ...(isElsewhere ? { foundAt } : {}),
  };
}

/** What follows `?` may belong to the visit alone. */
function pageAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
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
