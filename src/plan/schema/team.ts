import { z } from 'zod';
import { DurationText, Line, ProjectPath, SecretRef, Slug } from './fields.ts';

/** A role, not a person; its addresses are secrets. */
export const Owner = z
  .strictObject({
    id: Slug,
    title: Line.exactOptional(),
    notify: z.array(Slug).readonly().exactOptional(),
  })
  .readonly();

/** A way to reach an owner. */
export const Channel = z.discriminatedUnion('kind', [
  z.strictObject({ id: Slug, kind: z.literal('file'), path: ProjectPath }),
  z.strictObject({
    id: Slug,
    kind: z.literal('webhook'),
    url: SecretRef,
    secret: SecretRef,
    timeout: DurationText.default('10s'),
  }),
  z.strictObject({ id: Slug, kind: z.literal('slack'), url: SecretRef }),
  z.strictObject({ id: Slug, kind: z.literal('email'), to: SecretRef, smtp: SecretRef }),
]);
export type Channel = z.infer<typeof Channel>;

export const Environment = z
  .strictObject({ id: Slug, kind: z.enum(['production', 'non-production']) })
  .readonly();

const Trigger = z
  .strictObject({
    event: z.enum([
      'launch',
      'prompt-change',
      'model-change',
      'workload-expansion',
      'contract-change',
      'critical-alert',
      'document-drift',
      'restatement',
    ]),
    lead: DurationText.exactOptional(),
    within: DurationText.exactOptional(),
    blocks: z.boolean().default(false),
  })
  .readonly();

/** How often the team reviews, and what starts an extra review. */
export const Review = z
  .strictObject({
    cadence: z
      .strictObject({
        every: z.enum(['day', 'week', 'month']).default('week'),
        day: z
          .enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
          .default('monday'),
        at: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time in quotes, such as "09:00"')
          .default('09:00'),
        covers: z
          .enum(['previous-day', 'previous-week', 'previous-month'])
          .default('previous-week'),
        grace: DurationText.default('48h'),
      })
      .readonly()
      .prefault({}),
    triggers: z.array(Trigger).readonly().default([]),
    quorum: z
      .strictObject({ reviewers: z.int().min(0).max(9).default(0) })
      .readonly()
      .prefault({}),
  })
  .readonly();

export const Guards = z
  .strictObject({
    areas: z
      .partialRecord(
        z.enum(['document', 'smoke', 'usage', 'budget']),
        z.array(ProjectPath).readonly(),
      )
      .default({}),
    environment: z
      .strictObject({
        lockfile: ProjectPath.exactOptional(),
        flags: z.array(z.string()).readonly().default([]),
        tolerate: z.array(z.string()).readonly().default([]),
      })
      .readonly()
      .prefault({}),
    handoff: z
      .strictObject({
        require: z
          .array(z.enum(['command', 'result', 'changed-files', 'remaining-uncertainty']))
          .readonly()
          .default(['command', 'result', 'changed-files', 'remaining-uncertainty']),
      })
      .readonly()
      .prefault({}),
  })
  .readonly();
