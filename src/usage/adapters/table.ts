import { MEASURES, type TableMapping } from '../../plan/index.ts';
import type { ColumnId } from '../columns.ts';
import type { LimitId } from '../limits.ts';
import {
  type Adapter,
  type CostRule,
  EVERYWHERE,
  type FieldRule,
  type RawColumn,
  type Reading,
  type Shape,
  type Source,
  type TokenRule,
  WIDE_BAND,
} from './adapter.ts';

/** Reads any CSV, JSON Lines or Parquet table by the plan's mapping. */
export const table = {
  id: 'table',
  version: 1,
  facts: {
    id: 'table',
    measures: MEASURES,
    dimensions: [...EVERYWHERE, 'key', 'project', 'model', 'outcome'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['charged', 'effective', 'list', 'upstream', 'notional'],
  expects:
    'a CSV, JSON Lines or Parquet table with the columns that the plan’s `table` mapping names',
  recognise: (shape, mapping) => {
    if (mapping === undefined || shape.kind !== mapping.format.kind) return undefined;
    if (!hasExactHeader(shape, mapping)) return undefined;
    const names = namesOf(mapping);
    if (shape.kind !== 'jsonl' && !names.every((name) => shape.header.includes(name)))
      return undefined;
    return readingOf(shape, mapping, names);
  },
} as const satisfies Adapter;

type TableShape = Shape & { readonly kind: 'csv' | 'jsonl' | 'parquet' };

function hasExactHeader(shape: TableShape, mapping: TableMapping): boolean {
  const expected = mapping.format.header;
  if (expected === undefined || shape.kind === 'jsonl') return true;
  return (
    expected.length === shape.header.length &&
    expected.every((name, index) => name === shape.header[index])
  );
}

function readingOf(shape: TableShape, mapping: TableMapping, names: readonly string[]): Reading {
  const fields = fieldsOf(mapping);
  const key = mapping.key === 'none' ? 'none' : keyOf(mapping.key, fields);
  return {
    source: sourceOf(shape),
    raw: names.map((name) => rawColumn(name, shape)),
    nulls: [],
    fields,
    required: requiredOf(fields, key),
    ...(mapping.tokens && { tokens: tokenRule(mapping.tokens) }),
    costs: mapping.cost === undefined ? [] : [costRule(mapping.cost, shape)],
    currency: currencyOf(mapping),
    identities: [],
    ...(mapping.cost && { band: { ...WIDE_BAND, basis: mapping.cost.basis } }),
    counts: countsOf(mapping),
    key,
    keyQuality: key === 'none' ? 'row-hash' : 'composite',
    restatement: mapping.restatement,
    aggregated: [],
    completeness: completenessOf(mapping, fields),
    hasMore: false,
    dropped: shape.header.filter((name) => !names.some((kept) => kept.split('.')[0] === name)),
    cannotTell: limitsOf(mapping),
  };
}

/** A row is one attempt; where the request's own reference is the key, it is one operation too. */
function countsOf({ columns, key }: TableMapping): Reading['counts'] {
  if (columns.attempts !== undefined || columns.operations !== undefined) return [];
  const isByRequest =
    columns.requestRef !== undefined && key.length === 1 && key[0] === columns.requestRef;
  return isByRequest ? ['attempts', 'operations'] : ['attempts'];
}

function completenessOf(
  { columns }: TableMapping,
  fields: Reading['fields'],
): Reading['completeness'] {
  return columns.endAt !== undefined || fields.start_date !== undefined ? 'bucket' : 'event';
}

/** Every row has a time, and a row without its key is none. */
function requiredOf(fields: Reading['fields'], key: Reading['key']): readonly ColumnId[] {
  const time: ColumnId = fields.start_date === undefined ? 'start_at' : 'start_date';
  return [...new Set([time, ...(key === 'none' ? [] : key)])];
}

function sourceOf(shape: TableShape): Source {
  if (shape.kind === 'jsonl') return { kind: 'jsonl' };
  if (shape.kind === 'parquet') return { kind: 'parquet', header: shape.header };
  return { kind: 'csv', delimiter: shape.delimiter, header: shape.header };
}

function rawColumn(name: string, shape: TableShape): RawColumn {
  return shape.kind === 'jsonl' ? { name, path: name.split('.') } : { name };
}

function fieldsOf(mapping: TableMapping): Partial<Record<ColumnId, FieldRule>> {
  const { columns } = mapping;
  const texts = [
    ['request_ref', columns.requestRef],
    ['trace_ref', columns.traceRef],
    ['model', columns.modelRequested ?? columns.modelServed],
    ['model_served', columns.modelRequested === undefined ? undefined : columns.modelServed],
    ['workload', columns.workload],
    ['key_ref', columns.keyRef],
    ['project_ref', columns.projectRef],
  ] as const;
  const fields: Partial<Record<ColumnId, FieldRule>> = {};
  for (const [column, from] of texts) {
    if (from !== undefined) fields[column] = { kind: 'text', from };
  }
  Object.assign(fields, timeField('start', columns.startAt));
  if (columns.endAt !== undefined) Object.assign(fields, timeField('end', columns.endAt));
  if (columns.userRef !== undefined) fields.user_ref = { kind: 'pseudonym', from: columns.userRef };
  if (columns.attempts !== undefined) fields.attempts = { kind: 'count', from: columns.attempts };
  if (columns.operations !== undefined)
    fields.operations = { kind: 'count', from: columns.operations };
  if (columns.outcome !== undefined) {
    fields.outcome = { kind: 'map', from: columns.outcome, values: OUTCOMES, otherwise: 'unknown' };
  }
  if (mapping.key !== 'none') {
    unmapped(mapping.key, fields).forEach((from, index) => {
      Object.assign(fields, { [`key_${index + 1}`]: { kind: 'text', from } });
    });
  }
  return fields;
}

const OUTCOMES = { ok: 'ok', error: 'error', cancelled: 'cancelled', partial: 'partial' };

function timeField(edge: 'start' | 'end', column: TableMapping['columns']['startAt']) {
  const from = typeof column === 'string' ? column : column.field;
  const unit = typeof column === 'string' ? 'iso' : column.unit;
  if (unit !== 'date') return { [`${edge}_at`]: { kind: 'instant', from, unit } };
  // The end of a date bucket is the next date: only its start is kept.
  return edge === 'start' ? { start_date: { kind: 'date', from } } : {};
}

const columnOf = (name: string, fields: Partial<Record<ColumnId, FieldRule>>) =>
  (Object.keys(fields) as ColumnId[]).find((column) => fields[column]?.from === name);

const unmapped = (key: readonly string[], fields: Partial<Record<ColumnId, FieldRule>>) =>
  key.filter((name) => columnOf(name, fields) === undefined);

function keyOf(key: readonly string[], fields: Partial<Record<ColumnId, FieldRule>>): ColumnId[] {
  return key.map((name) => columnOf(name, fields)).filter((column) => column !== undefined);
}

function namesOf(mapping: TableMapping): string[] {
  const columns = Object.values(mapping.columns).map((column) =>
    typeof column === 'string' ? column : column.field,
  );
  const { input, output, cacheRead, cacheWrite, reasoning, toolUse, total } = mapping.tokens ?? {};
  const tokens = [input, output, cacheRead, cacheWrite, reasoning, toolUse, total];
  const key = mapping.key === 'none' ? [] : mapping.key;
  const all = [...columns, ...tokens, mapping.cost?.field, ...key];
  return [...new Set(all.filter((name) => name !== undefined))];
}

function tokenRule({ absent, ...tokens }: NonNullable<TableMapping['tokens']>): TokenRule {
  return { ...tokens, absentIsNone: absent === 'none' };
}

function costRule(cost: NonNullable<TableMapping['cost']>, shape: TableShape): CostRule {
  return {
    from: cost.field,
    basis: cost.basis,
    unit: cost.unit === 'quota' ? 'units' : cost.unit.endsWith('-cents') ? 'hundredth' : 'currency',
    literal: shape.kind === 'csv' ? 'exact' : 'float',
    negative: 'adjustment',
  };
}

function currencyOf({ cost }: TableMapping): Reading['currency'] {
  if (cost === undefined) return { from: 'none' };
  return cost.unit === 'quota'
    ? { from: 'conversion' }
    : { from: 'format', code: cost.unit.slice(0, 3) };
}

function limitsOf({ columns, tokens, cost, key }: TableMapping): LimitId[] {
  const missing: [LimitId, boolean][] = [
    [
      'cache-semantics-unknown',
      tokens?.cacheRead !== undefined && tokens.cacheInInput === 'unknown',
    ],
    ['cache-split-missing', tokens !== undefined && tokens.cacheRead === undefined],
    ['cost-missing', cost === undefined],
    ['key-dimension-missing', columns.keyRef === undefined],
    ['model-dimension-missing', (columns.modelRequested ?? columns.modelServed) === undefined],
    ['no-natural-key', key === 'none'],
    ['outcome-missing', columns.outcome === undefined],
    ['tokens-missing', tokens === undefined],
    ['workload-missing', columns.workload === undefined],
  ];
  return missing.filter(([, isMissing]) => isMissing).map(([limit]) => limit);
}
