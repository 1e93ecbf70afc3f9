import { z } from 'zod';
import { DurationText, ProjectPath, SecretRef, Slug } from './fields.ts';

const Pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)+$/, 'expected a JSON Pointer, such as /usage/total_tokens')
  .max(200);

/** A structural assertion; no price, limit, quota, latency or model list can be expressed. */
const At = z.union([
  z.strictObject({
    pointer: Pointer,
    type: z.enum(['string', 'integer', 'object', 'array', 'boolean']),
    min: z.int().min(0).exactOptional(),
    max: z.int().min(0).exactOptional(),
  }),
  z.strictObject({ pointer: Pointer, is: z.literal('requested') }),
]);

/** Exactly one intentionally wrong, non-secret value. */
const Change = z.union([
  z.strictObject({ auth: z.literal('placeholder') }),
  z.strictObject({ model: z.literal('nonexistent') }),
  z.strictObject({ body: z.literal('truncated') }),
  z.strictObject({
    param: z.strictObject({
      pointer: Pointer,
      value: z.union([z.string().max(100), z.number(), z.boolean()]),
    }),
  }),
]);

export const SmokeClaim = z.enum([
  'pattern-exists',
  'request-completed',
  'trace-present',
  'usage-fields-present',
  'error-classified',
]);

/** One documented request and one deliberate error. */
export const SmokeTest = z
  .strictObject({
    id: Slug,
    /** Default: the plan's only provider. */
    provider: Slug.exactOptional(),
    /** A claim of kind endpoint; the run is refused when it is broken or stale. */
    pattern: Slug,
    environment: Slug,
    enabled: z.boolean().default(false),
    request: z
      .strictObject({
        method: z.enum(['GET', 'POST']),
        path: z.string().regex(/^\/[\w\-./:]*$/, 'expected a path without host or query'),
        auth: z
          .strictObject({
            scheme: z.enum(['bearer', 'raw', 'x-api-key', 'api-key']).default('bearer'),
            secret: SecretRef,
          })
          .readonly(),
        body: z.strictObject({ fixture: ProjectPath }).readonly().exactOptional(),
      })
      .readonly(),
    /** Written by `smoke pin`; needed before `enabled: true`. */
    pinned: z
      .strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), by: Slug })
      .readonly()
      .exactOptional(),
    limits: z
      .strictObject({
        timeout: DurationText.default('20s'),
        responseBytes: z.int().min(1024).max(10_485_760).default(65_536),
        outputTokens: z.int().min(1).max(4096).default(16),
      })
      .readonly()
      .prefault({}),
    happy: z
      .strictObject({
        status: z.array(z.int().min(100).max(599)).min(1).readonly().default([200]),
        contentType: z.string().default('application/json'),
        at: z.array(At).min(1).readonly(),
        trace: z
          .strictObject({
            from: z
              .array(
                z.union([
                  z.string().regex(/^header:[A-Za-z0-9-]+$/),
                  z.string().regex(/^pointer:\/.+$/),
                ]),
              )
              .min(1)
              .readonly(),
            required: z.boolean().default(true),
          })
          .readonly(),
      })
      .readonly(),
    error: z
      .strictObject({
        change: Change,
        status: z.array(z.int().min(400).max(599)).min(1).readonly(),
        /** Default: that of the happy path. */
        contentType: z.string().exactOptional(),
        at: z.array(At).readonly().default([]),
        route: z.record(z.string().regex(/^(\d{3}|[45]xx)$/), Slug).default({}),
      })
      .readonly(),
    usageEvidence: z
      .strictObject({
        export: Slug,
        by: z.enum(['trace', 'key-day', 'attested']),
        within: DurationText.default('24h'),
        mustMatch: z.array(z.literal('model')).readonly().default([]),
        /** What the export calls the dedicated key of this test; needed by `key-day`. */
        key: z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,95}$/,
            'expected the name of a key, never the key',
          )
          .exactOptional(),
      })
      .readonly()
      .exactOptional(),
    claims: z
      .array(SmokeClaim)
      .min(1)
      .readonly()
      .default(['pattern-exists', 'request-completed', 'trace-present', 'error-classified']),
  })
  .readonly();
export type SmokeTest = z.infer<typeof SmokeTest>;

/** A provider as data: what the smoke runner needs to know of it. */
export const Provider = z
  .strictObject({
    id: Slug,
    /** May carry a port. */
    host: z.string().regex(/^[a-z0-9.-]+(:\d{1,5})?$/i, 'expected a host, such as api.example.com'),
    errors: z
      .strictObject({
        envelope: Pointer.exactOptional(),
        requestIdIn: z.enum(['message', 'header']).exactOptional(),
      })
      .readonly()
      .prefault({}),
    /** Fields that switch off silent fallback; added to every request and asserted. */
    noFallback: z.record(z.string(), z.json()).default({}),
    /** Fields of a body that ask for another model or another attempt; a fixture with one is refused. Default: models, route, fallbacks. */
    refusedFields: z.array(z.string().min(1).max(64)).readonly().exactOptional(),
    /** Headers by which a gateway counts retries and fallbacks; an answer with another number than 0 is none of the request asked for. */
    zeroHeaders: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected a lower-case header'))
      .readonly()
      .exactOptional(),
    /** Headers that the provider wants in every request, such as its version of the API; never a credential. */
    headers: z
      .record(
        z
          .string()
          .regex(
            /^(?!authorization|cookie|proxy|host|x-api-key|api-key|content-|accept|user-agent)[a-z][a-z0-9-]{0,63}$/,
            'expected a lower-case header that carries no credential, such as anthropic-version',
          ),
        z.string().regex(/^[\x21-\x7e]{1,64}$/, 'expected one printable word'),
      )
      .exactOptional(),
    /** The contract detail that says where questions go. */
    support: Slug.exactOptional(),
  })
  .readonly();
export type Provider = z.infer<typeof Provider>;
