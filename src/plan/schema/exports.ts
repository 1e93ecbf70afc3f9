import { z } from 'zod';
import {
  CurrencyCode,
  DateText,
  DecimalText,
  DurationText,
  ProjectPath,
  Slug,
  Zone,
} from './fields.ts';

/** A role has allowed that this export is read, and for what. */
export const Approval = z
  .strictObject({
    by: Slug,
    date: DateText,
    until: DateText.exactOptional(),
    for: z
      .array(z.enum(['budget-review', 'reconcile', 'smoke-evidence']))
      .min(1)
      .readonly()
      .default(['budget-review']),
  })
  .readonly();

const Column = z
  .union([
    z.string().min(1),
    z.strictObject({ field: z.string().min(1), unit: z.enum(['s', 'ms', 'us', 'iso', 'date']) }),
  ])
  .describe('A column, or a dotted path inside JSON; with `unit` for epochs.');

/** Maps any CSV, JSON Lines or Parquet table to usage records. */
export const TableMapping = z
  .strictObject({
    format: z
      .strictObject({
        kind: z.enum(['csv', 'jsonl', 'parquet']),
        delimiter: z.string().length(1).default(','),
        /** The exact header; verified before anything is read. */
        header: z.array(z.string().min(1)).min(1).readonly().exactOptional(),
      })
      .readonly(),
    /** Columns that identify a row, or `none`: identical rows are then distinct events. */
    key: z.union([z.literal('none'), z.array(z.string().min(1)).min(1).readonly()]),
    restatement: z
      .enum(['append', 'max-wins', 'latest-wins', 'replace-partition'])
      .default('append'),
    columns: z
      .strictObject({
        startAt: Column,
        endAt: Column.exactOptional(),
        requestRef: z.string().exactOptional(),
        traceRef: z.string().exactOptional(),
        modelRequested: z.string().exactOptional(),
        modelServed: z.string().exactOptional(),
        workload: z.string().exactOptional(),
        keyRef: z.string().exactOptional(),
        projectRef: z.string().exactOptional(),
        userRef: z.string().exactOptional(),
        outcome: z.string().exactOptional(),
        attempts: z.string().exactOptional(),
        operations: z.string().exactOptional(),
      })
      .readonly(),
    tokens: z
      .strictObject({
        input: z.string(),
        output: z.string(),
        cacheRead: z.string().exactOptional(),
        cacheWrite: z.string().exactOptional(),
        reasoning: z.string().exactOptional(),
        /** Prompts of tools that stand beside `input`. */
        toolUse: z.string().exactOptional(),
        /** The row's own total: its checksum. */
        total: z.string().exactOptional(),
        /** Whether `input` contains the cached tokens. */
        cacheInInput: z.enum(['yes', 'no', 'unknown']).default('unknown'),
        reasoningInOutput: z.enum(['yes', 'no', 'unknown']).default('unknown'),
        /** What an absent cache or reasoning count means; default: nobody knows. */
        absent: z.enum(['none', 'unknown']).exactOptional(),
      })
      .readonly()
      .exactOptional(),
    cost: z
      .strictObject({
        field: z.string(),
        /** A currency, a hundredth of it (`USD-cents`), or `quota` to be converted by the export's `conversion`. */
        unit: z.union([CurrencyCode, z.string().regex(/^[A-Z]{3}-cents$/), z.literal('quota')]),
        basis: z.enum(['charged', 'effective', 'list', 'upstream', 'notional']),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();
export type TableMapping = z.infer<typeof TableMapping>;

/** An approved usage export; nothing else is read. */
export const Export = z
  .strictObject({
    id: Slug,
    adapter: Slug,
    path: ProjectPath,
    /** Default: the plan's only provider. */
    provider: Slug.exactOptional(),
    environment: Slug.default('production'),
    /** Default: what the adapter documents; `unknown` when nobody does. */
    zone: z.union([z.literal('unknown'), Zone]).exactOptional(),
    /** The assumption that turns the export's own unit into money. */
    conversion: Slug.exactOptional(),
    lag: DurationText.default('0s'),
    refresh: z
      .strictObject({
        command: z.array(z.string().min(1)).min(1).readonly(),
        timeout: DurationText.default('5m'),
      })
      .readonly()
      .exactOptional(),
    table: TableMapping.exactOptional(),
    /** Says that no other export of the same provider and environment holds the same spend. */
    disjoint: z.boolean().default(false),
    keep: z.enum(['inputs', 'none']).default('inputs'),
    approved: Approval,
  })
  .readonly();
export type Export = z.infer<typeof Export>;

/** Exports that are views of the same spend. */
export const Reconcile = z
  .strictObject({
    id: Slug,
    of: z.array(Slug).min(2).readonly(),
    by: z
      .array(z.enum(['day', 'key', 'model']))
      .readonly()
      .default(['day']),
    tolerance: z
      .strictObject({ quanta: z.int().min(0).default(0), lag: DurationText.default('0s') })
      .readonly()
      .prefault({}),
    onDisagreement: Slug.exactOptional(),
  })
  .readonly();

/** A denominator that no usage export holds: seats, tickets, documents. */
export const Series = z
  .strictObject({
    id: Slug,
    path: ProjectPath,
    stock: z.enum(['average', 'last']).exactOptional(),
    approved: Approval,
  })
  .readonly();

const When = z
  .strictObject({
    key: z.array(z.string()).readonly(),
    project: z.array(z.string()).readonly(),
    model: z.array(z.string()).readonly(),
    workload: z.array(z.string()).readonly(),
    provider: z.array(z.string()).readonly(),
    environment: z.array(z.string()).readonly(),
  })
  .partial()
  .readonly();

/** Who pays for what: rules in order, first match wins, and splits of shared cost. */
export const Allocation = z
  .strictObject({
    rules: z
      .array(
        z
          .strictObject({
            when: When,
            workload: Slug.exactOptional(),
            owner: Slug.exactOptional(),
            from: DateText.exactOptional(),
            until: DateText.exactOptional(),
          })
          .readonly(),
      )
      .readonly()
      .default([]),
    shared: z
      .array(
        z
          .strictObject({
            id: Slug,
            when: When,
            split: z
              .strictObject({
                method: z.enum(['proportional', 'even', 'fixed']),
                to: z.array(Slug).min(1).readonly(),
                by: z.enum(['requests', 'tokens', 'cost']).exactOptional(),
                weights: z.record(Slug, DecimalText).exactOptional(),
              })
              .readonly(),
          })
          .readonly(),
      )
      .readonly()
      .default([]),
  })
  .readonly();
