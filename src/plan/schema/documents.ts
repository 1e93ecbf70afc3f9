import { z } from 'zod';
import { Claim } from './claims.ts';
import { DateText, DurationText, Line, Slug } from './fields.ts';

/** As many results fit into one record of a check, with names of any length. */
const CLAIMS_MAX = 32;
/** A hold names the checks that cause it. */
const CITES_MAX = 16;

const DocumentUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
  .max(500)
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
    error: 'expected a URL without credentials',
  });

const Freshness = z
  .strictObject({ maxAge: DurationText, warn: DurationText.exactOptional() })
  .readonly();

const Fetch = z
  .strictObject({
    spacing: DurationText.default('1s'),
    perHost: z.int().min(1).max(8).default(2),
    confirmAfter: DurationText.default('60s'),
    timeout: DurationText.default('30s'),
    /** Whether a page that shows no text without scripts is opened in the browser of this machine. */
    render: z.enum(['never', 'auto', 'always']).default('auto'),
  })
  .readonly();

const ELEMENT = String.raw`(?:[a-zA-Z][\w-]*|\*|[#.][\w-]+|\[[\w-]+(?:=(?:[\w-]+|"[^"\],>]*"))?\])(?:[#.][\w-]+|\[[\w-]+(?:=(?:[\w-]+|"[^"\],>]*"))?\])*`;
const CHAIN = String.raw`${ELEMENT}(?:(?: > | )${ELEMENT}){0,8}`;

/** Names elements of an HTML page: tags, `#id`, `.class`, `[attribute]`, `[attribute=value]`, descendants, ` > ` and lists. */
const Css = Line.regex(
  new RegExp(`^${CHAIN}(?:, ${CHAIN}){0,8}$`),
  'expected a CSS selector of tags, #id, .class, [attribute] and [attribute=value], such as main > .pricing',
);

/** Something on the page that is no matter of the review, why, and until when that counts. */
const Ignored = z.union([
  z.strictObject({ css: Css, reason: Line, expires: DateText }),
  z.strictObject({ heading: Line, reason: Line, expires: DateText }),
]);

/** A public page that the review relies on, or something only the own account can confirm (`attested`). */
export const Document = z
  .strictObject({
    id: Slug,
    kind: z.enum(['page', 'attested']).default('page'),
    /** Required for a page; an attested document has none. */
    url: DocumentUrl.exactOptional(),
    purpose: Line,
    /** Default: the plan's owner. */
    owner: Slug.exactOptional(),
    alternates: z
      .array(z.strictObject({ kind: z.enum(['markdown', 'llms', 'openapi']), url: DocumentUrl }))
      .readonly()
      .default([]),
    /** Further hosts on which the page may be served. */
    hosts: z.array(z.string().min(1)).readonly().default([]),
    locale: z
      .string()
      .regex(/^[a-z]{2}(-[A-Za-z]{2,4})?$/)
      .exactOptional(),
    /** Proves that the answer is the page and no error or consent page; any letter case. */
    mustContain: z.array(Line).readonly().default([]),
    /** Limits what is compared to these headings, or to elements of an HTML page. Default: the whole main content. */
    scope: z
      .union([
        z.strictObject({ headings: z.array(Line).min(1).readonly() }).readonly(),
        z.strictObject({ css: Css }).readonly(),
      ])
      .exactOptional(),
    /** What is not compared, for a time; claims still see it. */
    ignore: z.array(Ignored.readonly()).min(1).max(16).readonly().exactOptional(),
    /** Default: the cadence plus its grace. */
    freshness: Freshness.exactOptional(),
    fetch: Fetch.prefault({}),
    keep: z.enum(['digests', 'local']).default('digests'),
    /** How long `keep: local` keeps the bodies of pages. */
    retention: DurationText.default('90d'),
    /** A record of a check holds 32 results at most. */
    claims: z
      .array(Claim)
      .max(CLAIMS_MAX, `expected at most ${CLAIMS_MAX} claims; make a second document of the page`)
      .readonly()
      .default([]),
  })
  .readonly();
export type Document = z.infer<typeof Document>;

/** A belief that numbers rest on, and the documents, sections (`document#heading`) or claims it cites. */
export const Assumption = z
  .strictObject({
    id: Slug,
    owner: Slug.exactOptional(),
    value: z
      .strictObject({ file: z.string().min(1), expires: DateText.exactOptional() })
      .readonly()
      .exactOptional(),
    cites: z
      .array(z.string().min(1).max(200))
      .max(CITES_MAX, `expected at most ${CITES_MAX} cites; make two assumptions of it`)
      .readonly()
      .default([]),
  })
  .readonly();
export type Assumption = z.infer<typeof Assumption>;

/** A record that rests on held assumptions names them all. */
const ASSUMPTIONS_MAX = 16;
export const Assumptions = z
  .array(Assumption)
  .max(
    ASSUMPTIONS_MAX,
    `expected at most ${ASSUMPTIONS_MAX} assumptions; join what rests on the same pages`,
  )
  .readonly();
