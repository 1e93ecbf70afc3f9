import { sha256 } from '../../src/core/index.ts';
import { normalisePage } from '../../src/verify/documents/normalise.ts';
import {
  digestDocument,
  type NormalisedDocument,
  textLength,
} from '../../src/verify/documents/normalised.ts';
import { signOf } from '../../src/verify/documents/page-signs.ts';

/** What one fetch showed, judged as a check judges an answer with status 200. */
export type Look =
  | { readonly kind: 'page'; readonly content: string; readonly document: NormalisedDocument }
  | { readonly kind: 'missing' | 'unreadable' };

/** Reads one body the way a document check does, without any configuration of the page. */
export function lookAt(body: Uint8Array, url: string, acceptedLength: number | undefined): Look {
  const result = normalisePage({ body, contentType: 'text/html; charset=utf-8', url });
  if (result.kind === 'degraded') return { kind: 'unreadable' };
  const { document, asksForPassword } = result;
  const sign = signOf({
    document,
    asksForPassword,
    mustContain: [],
    locale: undefined,
    comparedLength: textLength(document),
    acceptedLength,
  });
  if (sign === 'missing') return { kind: 'missing' };
  if (sign !== 'page') return { kind: 'unreadable' };
  return { kind: 'page', content: digestDocument(document).content, document };
}

/** Names the whole visible text of a page, as a default text watch compares it. */
export function wholeText(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<(script|style|noscript|template|svg)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&(?:nbsp|#160|#xa0);/gi, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** Digests a text of the bench. */
export const textDigest = (text: string): string => sha256(text);
