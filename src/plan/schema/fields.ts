import { z } from 'zod';
import { isZone, parsePlainDate, SLUG } from '../../core/index.ts';

/** Names a thing of the plan: lower-case letters, digits and hyphens, 63 at most. */
export const Slug = z
  .string()
  .regex(SLUG, 'expected lower-case letters, digits and hyphens, 63 at most, such as "support-bot"')
  .describe('Lower-case letters, digits and hyphens; 63 at most.');

/** An exact decimal as text, so that YAML cannot round it. */
export const DecimalText = z
  .string({ error: 'expected a decimal in quotes, such as "1200.00"' })
  .regex(
    /^-?\d{1,20}(\.\d{1,18})?$/,
    'expected a decimal in quotes, such as "1200.00" (no thousands separator, no exponent)',
  )
  .describe('A decimal in quotes: digits, at most one point, no separators.');

/** A share of an amount: 1 is the whole. */
export const Share = z
  .number()
  .gt(0, 'expected a share greater than 0 (0.8 means 80 %)')
  .max(100)
  .describe('A share, 1.0-based: 0.8 means 80 %.');

export const CurrencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'expected three upper-case letters of ISO 4217, such as "USD"')
  .describe('An ISO 4217 code.');

export const Zone = z
  .string()
  .refine(isZone, { error: 'expected an IANA time zone, such as "Europe/Berlin"' })
  .describe('An IANA time zone.');

export const DateText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'expected a date, such as 2026-11-23', abort: true })
  .refine((text) => parsePlainDate(text) !== undefined, {
    error: 'expected a date that exists, such as 2026-11-23',
  })
  .describe('A date, YYYY-MM-DD.');

export const DurationText = z
  .string()
  .regex(/^\d{1,6}(ms|s|m|h|d)$/, 'expected a duration, such as 36h, 20s or 9d')
  .describe('A number with ms, s, m, h or d.');

/** A heading, phrase or title: one printable line. */
export const Line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'expected one line without control characters');

/** A path inside the project; it may hold `*`. Never absolute, never upwards. */
export const ProjectPath = z
  .string()
  .min(1)
  .max(400)
  .refine((path) => !path.startsWith('/') && !/^[A-Za-z]:|\\/.test(path), {
    error: 'expected a path inside the project, written with "/"',
  })
  .refine((path) => !path.split('/').includes('..'), {
    error: 'expected a path inside the project, without ".."',
  })
  .describe('A path relative to the plan; `*` stands for part of one name, `**` for folders.');

/** Points at a secret; the value itself is never in the plan. */
export const SecretRef = z.union(
  [
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
  ],
  {
    error:
      'expected a reference to a secret: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARG] }',
  },
);

/** One of the five bases of cost; never added together. */
export const CostBasis = z.enum(['charged', 'effective', 'list', 'upstream', 'notional']);
export type CostBasis = z.infer<typeof CostBasis>;

export const ChargeCategory = z.enum([
  'usage',
  'adjustment',
  'refund',
  'credit',
  'purchase',
  'tax',
]);

/** Narrows records by dimension: AND between keys, OR inside a list. */
export const Scope = z
  .strictObject({
    provider: z.array(z.string()).readonly(),
    environment: z.array(Slug).readonly(),
    workload: z.array(Slug).readonly(),
    owner: z.array(Slug).readonly(),
    key: z.array(z.string()).readonly(),
    project: z.array(z.string()).readonly(),
    model: z.array(z.string()).readonly(),
    outcome: z.array(z.enum(['ok', 'error', 'cancelled', 'partial', 'unknown'])).readonly(),
  })
  .partial()
  .readonly();
export type Scope = z.infer<typeof Scope>;
