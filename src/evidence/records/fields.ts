import { z } from 'zod';
import {
  isZone,
  parseCurrency,
  parseDecimal,
  parseDigest,
  parseInstant,
  parsePlainDate,
  REASONS,
  type ReasonId,
  SLUG,
} from '../../core/index.ts';

/**
 * The closed set of what a record may hold; anything else cannot be stored (design: evidence.md 1.1).
 *
 * `meta.field` names the type for the gate: slugs, roles, models and aliases must occur in the plan or in a digested import.
 */
export const Slug = z.string().regex(SLUG).meta({ field: 'slug' });
export const Role = z.string().regex(SLUG).meta({ field: 'role' });
export const Alias = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,95}$/)
  .meta({ field: 'alias' });
export const Amount = z
  .string()
  .refine((text) => parseDecimal(text) !== undefined)
  .meta({ field: 'decimal' });
export const CurrencyCode = z
  .string()
  .refine((text) => parseCurrency(text) !== undefined)
  .meta({ field: 'currency' });
export const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ field: 'count' });
export const int = (min: number, max: number) => z.int().min(min).max(max).meta({ field: 'int' });
export const DateField = z
  .string()
  .refine((text) => parsePlainDate(text) !== undefined)
  .meta({ field: 'date' });
export const Time = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .refine((text) => parseInstant(text) !== undefined)
  .meta({ field: 'time' });
/** Digests only public or approved material: plan, fixture, fetched page, approved export. */
export const DigestField = z
  .string()
  .refine((text) => parseDigest(text) !== undefined)
  .meta({ field: 'digest' });
/** HMAC-SHA-256 with the ledger's salt, cut to 16 bytes, base64url: stands for what must not be guessed. */
export const Mac = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/)
  .meta({ field: 'mac' });
/** A commit of git, as its whole object name. */
export const Commit = z
  .string()
  .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
  .meta({ field: 'commit' });
/** The leaf hash of another record, as a digest. */
export const RecordRef = z
  .string()
  .refine((text) => parseDigest(text) !== undefined)
  .meta({ field: 'record' });
export const Ulid = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  .meta({ field: 'ulid' });
/** A public key as C2SP signed-note writes it: name, key id, base64 of type and key. */
export const VerifierKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,70}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/)
  .meta({ field: 'vkey' });
export const Version = z
  .string()
  .regex(/^\d+\.\d+\.\d+(-[0-9a-z.]{1,20})?$/)
  .meta({ field: 'version' });
export const Zone = z.string().refine(isZone).meta({ field: 'zone' });
/** Names one review: `2026-W47`, `2026-11-23` or `2026-11`, with `.2` for a further one of the same period. */
export const ReviewId = z
  .string()
  .regex(/^\d{4}(-W\d{2}|-\d{2}(-\d{2})?)(\.\d{1,3})?$/)
  .meta({ field: 'review' });
/** What is missing or meant: `export:quota`, `claim:chat-completions`, `day:2026-11-18`. */
export const Subject = z
  .string()
  .regex(
    /^(export|document|claim|metric|budget|smoke|assumption|series|day|review|channel|guard|plan|part|reconcile):[a-z0-9-]{1,63}$/,
  )
  .meta({ field: 'subject' });
export const Reason = z
  .enum(Object.keys(REASONS) as [ReasonId, ...ReasonId[]])
  .meta({ field: 'enum' });
export const code = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values).meta({ field: 'enum' });

/** The answer of a check; `missing` names what was not there. */
export const OutcomeFields = {
  outcome: code(['pass', 'fail', 'inconclusive']),
  reasons: z.array(Reason).max(16).readonly(),
  missing: z.array(Subject).max(64).readonly(),
} as const;

/** A sum with how much of it is known; null is unknown, never zero. */
export const MeasuredField = z
  .strictObject({
    value: Amount.nullable(),
    knownRows: Count,
    totalRows: Count,
    /** Of a cost that some rows do not know: tokens of those that do, and of all. */
    tokens: z.strictObject({ known: Amount, total: Amount }).readonly().exactOptional(),
  })
  .readonly();

export const PeriodField = z.strictObject({ start: Time, end: Time, zone: Zone }).readonly();

/** Days of the period that ended and are present, and up to 64 that are missing. */
export const CoverageField = z
  .strictObject({
    expected: Count,
    present: Count,
    missing: z.array(DateField).max(64).readonly(),
    completeThrough: Time.nullable(),
  })
  .readonly();

/** The table that a number was computed from: the first import records of the ledger, as of an instant. */
export const TableField = z.strictObject({ imports: Count, asOf: Time }).readonly();

/** A held assumption that a number rests on. */
export const HeldField = z.strictObject({ assumption: Slug, since: DateField }).readonly();

/** Tells whether a text can stand in an `alias` field: letters, digits and ._:/@+-, 96 at most. */
export const isAlias = (text: string): boolean => Alias.safeParse(text).success;
