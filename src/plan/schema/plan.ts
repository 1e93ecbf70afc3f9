import { z } from 'zod';
import { Budget } from './budgets.ts';
import { Assumption, Assumptions, Document } from './documents.ts';
import { Allocation, Export, Reconcile, Series } from './exports.ts';
import { CurrencyCode, DateText, ProjectPath, Slug, Zone } from './fields.ts';
import { Metric } from './metrics.ts';
import { Provider, SmokeTest } from './smoke.ts';
import { Channel, Environment, Guards, Owner, Review, Routes } from './team.ts';

/** A plain-HTTP address of this machine that trials may use; printed in every report. */
const Loopback = z
  .string()
  .regex(
    /^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/,
    'expected an address of this machine, such as "127.0.0.1:8080"',
  );

const sections = {
  version: z.literal(1, { error: 'expected version: 1' }),
  team: Slug.default('team'),
  currency: CurrencyCode.default('USD'),
  timezone: Zone.default('UTC'),
  /** Days on which as little happens as on a Sunday; forecasts expect so, and learn no weekday from them. */
  holidays: z.array(DateText).max(400).readonly().exactOptional(),
  owner: Slug.default('owner'),
  review: Review.prefault({}),
  routes: Routes.prefault({}),
  network: z
    .strictObject({ loopback: z.array(Loopback).readonly().default([]) })
    .readonly()
    .prefault({}),
  environments: z
    .array(Environment)
    .readonly()
    .default([
      { id: 'staging', kind: 'non-production' },
      { id: 'production', kind: 'production' },
    ]),
  assumptions: Assumptions.default([]),
  exports: z.array(Export).readonly().default([]),
  reconcile: z.array(Reconcile).readonly().default([]),
  workloads: z.array(Slug).readonly().default([]),
  allocation: Allocation.prefault({}),
  series: z.array(Series).readonly().default([]),
  budgets: z.array(Budget).readonly().default([]),
  smoke: z.array(SmokeTest).readonly().default([]),
  guards: Guards.prefault({}),
};

/** Overrides fields of a document that the provider's preset brings; the id says which. */
export const DocumentOverride = Document.unwrap().partial().required({ id: true }).readonly();

/**
 * The plan as a person writes it: short forms allowed, every section but `version` optional.
 */
export const PlanInput = z.strictObject({
  ...sections,
  /** A preset by name. */
  provider: Slug.exactOptional(),
  providers: z.array(Provider).readonly().default([]),
  owners: z.array(Owner).readonly().default([]),
  /** Short form: `{ file: outbox }`. */
  notify: z.union([z.array(Channel).readonly(), z.strictObject({ file: ProjectPath })]).default([]),
  documents: z
    .array(z.union([Document, DocumentOverride]))
    .readonly()
    .default([]),
  metrics: z
    .array(z.union([Slug, Metric]))
    .readonly()
    .default([]),
});
export type PlanInput = z.output<typeof PlanInput>;

const owned = { owner: Slug };

/**
 * The plan with every short form and default written out; a plan in this form is valid input too, and expands to itself.
 */
export const Plan = z.strictObject({
  ...sections,
  providers: z.array(Provider).readonly(),
  owners: z
    .array(Owner.unwrap().required({ title: true, notify: true }).readonly())
    .min(1)
    .readonly(),
  notify: z.array(Channel).readonly(),
  documents: z
    .array(Document.unwrap().extend(owned).required({ freshness: true }).readonly())
    .readonly(),
  assumptions: z.array(Assumption.unwrap().extend(owned).readonly()).readonly(),
  metrics: z.array(Metric.unwrap().extend(owned).readonly()).readonly(),
  budgets: z
    .array(
      Budget.unwrap()
        .omit({ at: true })
        .extend(owned)
        .required({ title: true, rules: true })
        .readonly(),
    )
    .readonly(),
});
export type Plan = z.output<typeof Plan>;
export type PlanDocument = Plan['documents'][number];
export type PlanAssumption = Plan['assumptions'][number];
export type PlanMetric = Plan['metrics'][number];
export type PlanBudget = Plan['budgets'][number];
export type PlanExport = Plan['exports'][number];
