import type { ReasonId } from '../../core/index.ts';
import type { PlanAssumption } from '../../plan/index.ts';
import type { DocumentCheck } from './document-check.ts';
import { isHeadingNamed } from './heading-name.ts';

/** Says that an assumption must be held, by what, and why. */
export interface HeldAssumption {
  readonly assumption: string;
  /** `document:ID` or `claim:ID`, sorted, each once. */
  readonly subjects: readonly string[];
  readonly reasons: readonly ReasonId[];
}

interface Cause {
  readonly subject: string;
  readonly reason: ReasonId;
}

/**
 * Finds the assumptions that a broken claim, a gone page, or a changed value or name in a section they cite must hold.
 *
 * A cite is a document (any section and any claim of it), `document#heading`, or a claim. An editorial change holds nothing.
 */
export function heldAssumptions(input: {
  readonly assumptions: readonly PlanAssumption[];
  readonly checks: readonly DocumentCheck[];
}): readonly HeldAssumption[] {
  return input.assumptions.flatMap(({ id, cites }) => {
    const causes = cites.flatMap((cite) => input.checks.flatMap((check) => causesOf(cite, check)));
    if (causes.length === 0) return [];
    const subjects = [...new Set(causes.map(({ subject }) => subject))].toSorted();
    const reasons = [...new Set(causes.map(({ reason }) => reason))].toSorted();
    return [{ assumption: id, subjects, reasons }];
  });
}

function causesOf(cite: string, check: DocumentCheck): readonly Cause[] {
  const mark = cite.indexOf('#');
  const name = mark < 0 ? cite : cite.slice(0, mark);
  const isDocument = name === check.document;
  const claims = check.claims.filter(({ claim }) => claim === cite);
  if (!isDocument && claims.length === 0) return [];
  const subject = `document:${check.document}`;
  if (check.state === 'gone') return [{ subject, reason: 'document-gone' }];
  const broken = (isDocument && mark < 0 ? check.claims : claims)
    .filter(({ result }) => result === 'broken' && check.detail === 'claim-broken')
    .map(({ claim }): Cause => ({ subject: `claim:${claim}`, reason: 'claim-broken' }));
  const heading = mark < 0 ? undefined : cite.slice(mark + 1);
  const isHeld = isDocument && holdsSection(check, heading);
  return isHeld ? [...broken, { subject, reason: 'document-changed' }] : broken;
}

function holdsSection({ heldSections }: DocumentCheck, heading: string | undefined): boolean {
  if (heldSections === 'all') return true;
  if (heading === undefined) return heldSections.length > 0;
  return heldSections.some(({ path }) => path.some((one) => isHeadingNamed(one, heading)));
}
