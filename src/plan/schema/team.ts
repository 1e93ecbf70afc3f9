import { z } from 'zod';
import { DurationText, Line, ProjectPath, SecretRef, Slug, Zone } from './fields.ts';

/** A role, not a person; its addresses are secrets. */
export const Owner = z
  .strictObject({
    id: Slug,
    title: Line.exactOptional(),
    notify: z.array(Slug).readonly().exactOptional(),
  })
  .readonly();

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time in quotes, such as "09:00"');

/** No notice goes out between these times of the zone, but critical ones; it is sent when they end. */
const Quiet = z
  .strictObject({ from: TimeOfDay, until: TimeOfDay, zone: Zone.exactOptional() })
  .readonly();

const timing = {
  quiet: Quiet.exactOptional(),
  /** Gathers what is not critical into one notice a day. */
  digest: z.strictObject({ at: TimeOfDay, zone: Zone.exactOptional() }).readonly().exactOptional(),
} as const;

const sent = { ...timing, timeout: DurationText.default('10s') } as const;
/** Keeps track of each alert by itself, so that a digest would lose what it is for. */
const tracked = { quiet: Quiet.exactOptional(), timeout: DurationText.default('10s') } as const;

/** A way to reach an owner. Every address is a reference to a secret: who knows it may write there. */
export const Channel = z.discriminatedUnion('kind', [
  z.strictObject({ id: Slug, kind: z.literal('file'), path: ProjectPath, ...timing }),
  z.strictObject({
    id: Slug,
    kind: z.literal('webhook'),
    url: SecretRef,
    secret: SecretRef,
    /** `alertmanager` sends the body that Prometheus Alertmanager sends to its receivers, version 4. */
    format: z.enum(['spendproof', 'alertmanager']).exactOptional(),
    ...sent,
  }),
  z.strictObject({ id: Slug, kind: z.literal('slack'), url: SecretRef, ...sent }),
  z.strictObject({ id: Slug, kind: z.literal('teams'), url: SecretRef, ...sent }),
  z.strictObject({
    id: Slug,
    kind: z.literal('email'),
    /** One address, or several with commas. */
    to: SecretRef,
    /** `smtps://user:password@host:465`, or `smtp://…:587`, which must offer STARTTLS. */
    smtp: SecretRef,
    /** Default: the user of the server when that is an address, else the first receiver. */
    from: SecretRef.exactOptional(),
    ...sent,
  }),
  /** The base address of an Alertmanager, such as `https://alerts.example.com`. */
  z.strictObject({
    id: Slug,
    kind: z.literal('alertmanager'),
    url: SecretRef,
    token: SecretRef.exactOptional(),
    ...tracked,
  }),
  z.strictObject({
    id: Slug,
    kind: z.literal('pagerduty'),
    /** The integration's routing key. */
    key: SecretRef,
    /** Another region's address of Events API v2. */
    url: SecretRef.exactOptional(),
    ...tracked,
  }),
  /** The address of a topic, such as `https://ntfy.example.com/topic`. */
  z.strictObject({
    id: Slug,
    kind: z.literal('ntfy'),
    url: SecretRef,
    token: SecretRef.exactOptional(),
    ...sent,
  }),
  /** The API address of an issue or pull request: `https://api.github.com/repos/OWNER/NAME/issues/NUMBER`. */
  z.strictObject({
    id: Slug,
    kind: z.literal('github'),
    url: SecretRef,
    token: SecretRef,
    ...sent,
  }),
  /** The API address of an issue or merge request: `https://HOST/api/v4/projects/ID/merge_requests/NUMBER`. */
  z.strictObject({
    id: Slug,
    kind: z.literal('gitlab'),
    url: SecretRef,
    token: SecretRef,
    ...sent,
  }),
]);
export type Channel = z.infer<typeof Channel>;

/** Whom else than the owner of a budget some notices go to. */
export const Routes = z
  .strictObject({
    /** Missing or stale data: the role that runs the exports, when it is not the budget's owner. */
    noData: Slug.exactOptional(),
  })
  .readonly();

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
        at: TimeOfDay.default('09:00'),
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

/** The facts of a fingerprint that a plan can tolerate (docs/guards.md). */
const TOLERABLE = [
  'node',
  'os',
  'arch',
  'tool',
  'lockfile',
  'plan',
  'flags',
  'credential',
  'nodeOptions',
  'proxy',
  'extraCa',
  'preload',
] as const;

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
        /** Facts in which a run may differ from the last hosted one; certificates that are not checked are never tolerated. */
        tolerate: z.array(z.enum(TOLERABLE)).readonly().default([]),
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
