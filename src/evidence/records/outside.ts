import { z } from 'zod';
import {
  code,
  Count,
  DigestField,
  DateField,
  int,
  Mac,
  OutcomeFields,
  RecordRef,
  ReviewId,
  Role,
  Slug,
  Time,
} from './fields.ts';

export const DOCUMENT_STATES = ['new', 'same', 'changed', 'gone', 'unreadable'] as const;

/** A page was read: what it was, compared with the text that a role has accepted. No text, no amount, no header value. */
export const DocumentCheckRecord = z.strictObject({
  kind: z.literal('document-check'),
  document: Slug,
  review: ReviewId.nullable(),
  ...OutcomeFields,
  state: code(DOCUMENT_STATES),
  /** The reason code under the state (design: documents.md 3.6). */
  detail: code([
    'unchanged',
    'unchanged-variant',
    'changed-cosmetic',
    'changed',
    'claim-broken',
    'pending',
    'moved',
    'moved-host',
    'gone',
    'blocked',
    'degraded',
    'unreachable',
    'stale',
    'rebaseline-needed',
    'first-sight',
    'attested',
    'not-attested',
  ]),
  fresh: z.boolean(),
  accessedAt: Time,
  status: int(100, 599).nullable(),
  redirects: int(0, 20),
  representation: code(['html', 'rendered', 'markdown', 'json', 'text', 'none']),
  normaliser: Slug,
  /** What the normaliser replaced because it differs from visit to visit. */
  masks: z.array(Slug).max(16).readonly().exactOptional(),
  raw: DigestField.nullable(),
  content: DigestField.nullable(),
  outline: DigestField.nullable(),
  links: DigestField.nullable(),
  /** Digest of the list of section digests. */
  sections: DigestField.exactOptional(),
  /** Digest of what of the page was compared; absent when all of it was. */
  scope: DigestField.exactOptional(),
  /** Digest of the address that answered, and of the list of addresses where there was a redirect. */
  address: DigestField.exactOptional(),
  way: DigestField.exactOptional(),
  /** Seconds by which the server's clock was ahead of ours. */
  serverClock: int(-86_400, 86_400).exactOptional(),
  accepted: z.strictObject({ content: DigestField, by: Role, on: DateField }).readonly().nullable(),
  changes: z
    .strictObject({
      cosmetic: Count,
      editorial: Count,
      identifier: Count,
      value: Count,
      structural: Count,
    })
    .readonly(),
  claims: z
    .array(
      z
        .strictObject({ claim: Slug, result: code(['holds', 'broken', 'not-evaluable']) })
        .readonly(),
    )
    .max(32)
    .readonly(),
});

/** A role has read the text with this digest. */
export const AcceptRecord = z.strictObject({
  kind: z.literal('accept'),
  document: Slug,
  content: DigestField,
  from: DigestField.nullable(),
  by: Role,
});

/** A role confirms what only the own account or a login-only page can show. */
export const AttestRecord = z.strictObject({
  kind: z.literal('attest'),
  document: Slug,
  claims: z.array(Slug).max(32).readonly(),
  /** A file that the role keeps as proof; only its digest is recorded. */
  file: DigestField.exactOptional(),
  by: Role,
});

const Path = z
  .strictObject({
    ...OutcomeFields,
    status: int(100, 599).nullable(),
    errorClass: code([
      'none',
      'auth',
      'permission',
      'not-found',
      'invalid-request',
      'rate-limit',
      'server',
      'transport',
      'other',
    ]),
    transport: code([
      'ok',
      'dns',
      'conn-refused',
      'tls-verify',
      'timeout',
      'reset',
      'too-large',
      'bad-json',
      'redirect',
      'content-type',
      'encoding',
      'address-refused',
      'secret-format',
      'other',
    ]),
    assertions: z
      .array(
        z
          .strictObject({
            index: int(0, 64),
            ok: z.boolean(),
            reason: code(['ok', 'absent', 'type', 'range', 'differs', 'not-evaluated']),
          })
          .readonly(),
      )
      .max(64)
      .readonly(),
    /** Whom the answer is routed to, by the plan's `route`. */
    routedTo: Role.nullable(),
  })
  .readonly();

/** One happy and one deliberately wrong request; nothing of either body. */
export const SmokeRecord = z.strictObject({
  kind: z.literal('smoke'),
  smoke: Slug,
  pattern: Slug,
  environment: Slug,
  review: ReviewId.nullable(),
  ...OutcomeFields,
  requests: int(0, 4),
  fixture: DigestField.nullable(),
  /** One base for both requests: method, path, header names, fixture. */
  baseRequest: Mac.nullable(),
  credential: Mac.nullable(),
  mutation: code(['auth-placeholder', 'model-nonexistent', 'body-truncated', 'param']),
  happy: Path,
  error: Path,
  trace: Mac.nullable(),
  traceFrom: code(['header', 'pointer', 'none']),
  /** The id of the refused request, for the provider's support; the word itself is in the sidecar. */
  errorTrace: Mac.exactOptional(),
  /** SHA-256 of the server's public key, when TLS was used. */
  tlsKey: DigestField.nullable(),
  /** What the environment tried to change about the request; none of it was obeyed. */
  overrides: z
    .strictObject({
      proxy: z.boolean(),
      tlsOff: z.boolean(),
      extraCa: z.boolean(),
      exposed: z.boolean().exactOptional(),
    })
    .readonly()
    .exactOptional(),
  /** One MAC over host, method, path, header names, model, credential, limits and no-fallback fields: what guards compare. */
  effective: Mac.exactOptional(),
  claims: z
    .array(
      z
        .strictObject({
          claim: code([
            'pattern-exists',
            'request-completed',
            'trace-present',
            'usage-fields-present',
            'error-classified',
          ]),
          result: code(['holds', 'broken', 'not-evaluable']),
        })
        .readonly(),
    )
    .max(8)
    .readonly(),
});

/** Whether the smoke test's own usage is found in an approved export. */
export const UsageLinkRecord = z.strictObject({
  kind: z.literal('usage-link'),
  smoke: RecordRef,
  export: Slug,
  by: code(['trace', 'key-day', 'attested']),
  ...OutcomeFields,
  /** When it was looked for; records of the first release lack it. */
  asOf: Time.exactOptional(),
  /** Requests of the dedicated key on the day of the test: in what was imported before it, and now; null is unknown. */
  keyDay: z
    .strictObject({ before: Count.nullable(), after: Count.nullable(), sent: int(0, 64) })
    .readonly()
    .exactOptional(),
  /** Who saw the usage in the account, of a link that is attested. */
  attestedBy: Role.exactOptional(),
});
