import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Reads the article of a page as Mozilla Readability sees it. */
export type ReadArticle = (html: string) => string;

/** Names of packages that are no dependency of ours. */
const READABILITY: string = '@mozilla/readability';
const DOM: string = 'linkedom';

/**
 * Loads `@mozilla/readability` and `linkedom` from a folder that has them installed; neither is a dependency of ours.
 *
 * @returns `undefined` when no folder is named.
 */
export function loadReadability(folder: string | undefined): ReadArticle | undefined {
  if (folder === undefined) return undefined;
  const require = createRequire(join(folder, 'package.json'));
  const { Readability } = require(READABILITY) as {
    Readability: new (document: unknown) => { parse: () => { textContent: string } | null };
  };
  const { parseHTML } = require(DOM) as {
    parseHTML: (html: string) => { document: unknown };
  };
  return (html) => {
    const article = new Readability(parseHTML(html).document).parse();
    return (article?.textContent ?? '').replace(/\s+/g, ' ').trim();
  };
}
