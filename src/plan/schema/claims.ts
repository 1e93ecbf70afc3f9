import { z } from 'zod';
import { Line, Slug } from './fields.ts';

const detail = {
  id: Slug,
  /** A claim with a wording is a contract detail: a row of the contract table. */
  area: Line.exactOptional(),
  verify: Line.exactOptional(),
  wording: z.string().min(1).max(400).exactOptional(),
};

/** Limits a claim to what stands under a heading, as it reads or as its anchor; without it the whole page counts. */
const under = Line.exactOptional();

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A path of an API; `{x}` stands for any one segment. */
const ApiPath = z
  .string()
  .regex(/^\/[\w\-./{}:]*$/, 'expected a path such as /v1/chat/completions');

/** What a page must still say. It never states a price, a limit or a model list. */
export const Claim = z.discriminatedUnion('kind', [
  z
    .strictObject({
      ...detail,
      kind: z.literal('heading'),
      text: Line.exactOptional(),
      slug: Line.exactOptional(),
    })
    .refine(({ text, slug }) => (text === undefined) !== (slug === undefined), {
      error: 'expected either `text` or `slug`',
    }),
  z.strictObject({ ...detail, kind: z.literal('anchor'), anchor: Line }),
  z.strictObject({ ...detail, kind: z.literal('text'), quote: Line, under }),
  z.strictObject({ ...detail, kind: z.literal('absent'), text: Line, under }),
  z.strictObject({ ...detail, kind: z.literal('code-token'), token: Line, under }),
  z.strictObject({ ...detail, kind: z.literal('parameter'), name: Line, under }),
  z.strictObject({
    ...detail,
    kind: z.literal('table-shape'),
    columns: z.array(Line).min(1).max(32).readonly(),
    under,
  }),
  z.strictObject({
    ...detail,
    kind: z.literal('link'),
    /** A host, or a host and a path; `{x}` stands for any one segment. */
    to: Line.regex(
      /^(?!https?:)[\w.-]+(?::\d{1,5})?(?:\/[^\s?#]*)?$/,
      'expected a host and a path, such as docs.example.com/pricing, without scheme, query and fragment',
    ),
  }),
  z.strictObject({
    ...detail,
    kind: z.literal('endpoint'),
    method: z.enum(METHODS),
    path: ApiPath,
  }),
  z
    .strictObject({
      ...detail,
      kind: z.literal('openapi-operation'),
      operationId: Line.exactOptional(),
      method: z.enum(METHODS).exactOptional(),
      path: ApiPath.exactOptional(),
      /** A parameter or a property of the request body that the operation must take. */
      param: Line.exactOptional(),
      /** A status that the operation must document. */
      status: z
        .string()
        .regex(/^(?:[1-5](?:\d\d|XX)|default)$/, 'expected a status in quotes, such as "429"')
        .exactOptional(),
    })
    .refine(
      ({ operationId, method, path }) =>
        (method === undefined) === (path === undefined) &&
        (operationId !== undefined || path !== undefined),
      { error: 'expected `operationId`, or `method` and `path`' },
    ),
  z.strictObject({
    ...detail,
    kind: z.literal('page-lang'),
    lang: z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'expected a language, such as "en"'),
  }),
  z.strictObject({ ...detail, kind: z.literal('host'), host: z.string().exactOptional() }),
  z.strictObject({ ...detail, kind: z.literal('attestation') }),
]);
export type Claim = z.infer<typeof Claim>;
