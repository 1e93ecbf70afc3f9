import type { Digest } from '../../core/index.ts';
import { diffDocuments, isWording, NO_CHANGES } from './document-diff.ts';
import type { AcceptedText, DocumentBaseline, DocumentCheck } from './document-check.ts';
import { withoutTemplates } from './host-template.ts';
import { digestDocument, NORMALISER, type NormalisedDocument } from './normalised.ts';
import type { PageSighting } from './sighting.ts';

/** Holds what a page is beside the accepted text, claims aside. */
export type Comparison = Pick<
  DocumentCheck,
  'state' | 'detail' | 'changes' | 'changedSections' | 'heldSections'
> & { readonly weighed: boolean };

const UNCHANGED = { changes: NO_CHANGES, changedSections: [], heldSections: [], weighed: true };

/**
 * Compares a page with the accepted text.
 *
 * @param confirmed whether a second look showed the same, where one is needed.
 * @param templates texts that belong to the host's template, not to the page.
 */
export function comparePage(
  sighting: PageSighting,
  confirmed: boolean,
  {
    baseline,
    templates,
    scope,
  }: {
    readonly baseline: DocumentBaseline;
    readonly templates?: ReadonlySet<string> | undefined;
    /** Digest of what of the page is compared; undefined for all of it. */
    readonly scope: Digest | undefined;
  },
): Comparison {
  const { accepted } = baseline;
  if (accepted === undefined) {
    return { ...UNCHANGED, state: 'new', detail: confirmed ? 'first-sight' : 'pending' };
  }
  const isKnown = isKnownText(sighting, baseline);
  if (isOtherForm(sighting, accepted, { isKnown, scope })) {
    return { ...UNCHANGED, state: 'new', detail: 'rebaseline-needed' };
  }
  if (isKnown) {
    const flipped = !isAccepted(sighting.digests.content, accepted);
    const detail = flipped ? 'unchanged-variant' : sighting.movedForGood ? 'moved' : 'unchanged';
    return { ...UNCHANGED, state: 'same', detail };
  }
  if (!confirmed) return { ...UNCHANGED, state: 'changed', detail: 'pending' };
  return weighChange(accepted, sighting.compared, templates);
}

function weighChange(
  { normalised: before }: AcceptedText,
  after: NormalisedDocument,
  templates: ReadonlySet<string> | undefined,
): Comparison {
  if (before === undefined) {
    // Nobody can say what changed, so what cites the page is held: silence would be a guess.
    const unknown = { ...UNCHANGED, heldSections: 'all', weighed: false } as const;
    return { ...unknown, state: 'changed', detail: 'changed' };
  }
  const diff = diffDocuments(before, after);
  const isCosmetic =
    diff.changes.cosmetic > 0 && diff.changes.editorial === 0 && isWording(diff.changes);
  if (isOnlyTemplate(before, after, templates)) {
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

/** Tells whether a page's text is one that a role has accepted. */
export const isKnownText = (
  { digests }: PageSighting,
  { accepted, variants }: DocumentBaseline,
): boolean => isAccepted(digests.content, accepted) || variants.includes(digests.content);

const isAccepted = (content: Digest, accepted: DocumentBaseline['accepted']): boolean =>
  accepted?.content === content || accepted?.upgraded === content;

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

/** Another normaliser, form or part of the page cannot be compared: a switch is never a change of the page. */
function isOtherForm(
  { compared }: PageSighting,
  accepted: AcceptedText,
  { isKnown, scope }: { readonly isKnown: boolean; readonly scope: Digest | undefined },
): boolean {
  const form = accepted.normalised ?? accepted;
  const isOtherRead = (form.normaliser ?? NORMALISER) !== NORMALISER || accepted.scope !== scope;
  const isOtherRepresentation =
    (form.representation ?? compared.representation) !== compared.representation;
  return (!isKnown && isOtherRead) || isOtherRepresentation;
}
