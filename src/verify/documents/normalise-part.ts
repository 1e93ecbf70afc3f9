import type { Instant } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { comparedPart, elementsOf, limitToPart } from './compared-part.ts';
import { normalisePage, type PageBytes } from './normalise.ts';
import type { NormalisedDocument } from './normalised.ts';

/**
 * Reads from the bytes of a page what the plan compares today.
 *
 * @returns `undefined` when it cannot be read, or that part is not on it.
 */
export function normalisePart(
  page: PageBytes,
  document: PlanDocument,
  now: Instant,
): NormalisedDocument | undefined {
  const part = comparedPart(document, now);
  const elements = part === undefined ? undefined : elementsOf(part);
  const read = normalisePage({ ...page, elements });
  if (read.kind === 'degraded') return undefined;
  return part === undefined ? read.document : limitToPart(read.document, part);
}
