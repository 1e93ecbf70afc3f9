import { foldText } from './normalised.ts';

/** Tells whether a heading is the one that was named: as it reads, but for letter case and closing punctuation. */
export const isHeadingText = (heading: string, text: string): boolean =>
  bareHeading(heading) === bareHeading(text);

/** Tells whether a heading is the one that was named as it reads, or by the anchor that documentation sites make of it. */
export const isHeadingNamed = (heading: string, name: string): boolean =>
  isHeadingText(heading, name) || isHeadingSlug(heading, name);

/** Tells whether a heading has this anchor. */
export const isHeadingSlug = (heading: string, slug: string): boolean => {
  const anchor = headingSlug(slug);
  return anchor !== '' && headingSlug(heading) === anchor;
};

/** Makes the anchor of a heading: letters and digits, joined by hyphens. */
export const headingSlug = (heading: string): string =>
  foldText(heading)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

const bareHeading = (text: string): string =>
  foldText(text)
    .replace(/[.:!?…]$/, '')
    .trim();
