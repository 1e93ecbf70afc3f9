import { canonicalJson, dateIn, type Digest, type Instant, sha256 } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import { limitToHeadings, type NormalisedDocument, withoutHeadings } from './normalised.ts';

/** Names what of a page is compared: the plan's scope, without what the plan ignores for the time being. */
export interface ComparedPart {
  readonly scope: { readonly headings: readonly string[] } | { readonly css: string } | null;
  readonly ignored: readonly ({ readonly heading: string } | { readonly css: string })[];
}

/** Names elements of an HTML page: those to read, and those to leave out. */
export interface ElementSelection {
  readonly css: string | undefined;
  readonly without: readonly string[];
}

/**
 * Says what of a page is compared on a day; `undefined` when all of it is.
 *
 * An `ignore` whose last day has passed ignores nothing any more: then the part is another one, and has to be accepted anew.
 */
export function comparedPart(
  { scope, ignore = [] }: Pick<PlanDocument, 'scope' | 'ignore'>,
  now: Instant,
): ComparedPart | undefined {
  const today = dateIn(now, 'UTC');
  const standing = ignore.filter(({ expires }) => expires >= today);
  if (scope === undefined && standing.length === 0) return undefined;
  return {
    scope: scope === undefined ? null : 'css' in scope ? { css: scope.css } : scope,
    ignored: standing.map((rule) =>
      'css' in rule ? { css: rule.css } : { heading: rule.heading },
    ),
  };
}

/** Digests what is compared: texts of two parts cannot be compared with each other. */
export const partDigest = (part: ComparedPart): Digest =>
  sha256(
    canonicalJson({
      scope:
        part.scope === null
          ? null
          : 'css' in part.scope
            ? { css: part.scope.css }
            : { headings: [...part.scope.headings] },
      ignored: part.ignored.map((rule) => ({ ...rule })),
    }),
  );

/** Gives the part that only the page's elements can tell; `undefined` when its headings tell it all. */
export function elementsOf({ scope, ignored }: ComparedPart): ElementSelection | undefined {
  const css = scope !== null && 'css' in scope ? scope.css : undefined;
  const without = ignored.flatMap((rule) => ('css' in rule ? [rule.css] : []));
  return css === undefined && without.length === 0 ? undefined : { css, without };
}

/**
 * Limits a text to the part that headings tell.
 *
 * @returns `undefined` when a heading of the scope is not there, or nothing is left: then there is nothing to judge.
 */
export function limitToPart(
  document: NormalisedDocument,
  { scope, ignored }: ComparedPart,
): NormalisedDocument | undefined {
  const limited =
    scope !== null && 'headings' in scope ? limitToHeadings(document, scope.headings) : document;
  const headings = ignored.flatMap((rule) => ('heading' in rule ? [rule.heading] : []));
  if (limited === undefined || headings.length === 0) return limited;
  const rest = withoutHeadings(limited, headings);
  return rest.sections.length === 0 ? undefined : rest;
}
