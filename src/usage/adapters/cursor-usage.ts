import {
  type Adapter,
  CACHED_TOKENS,
  type CostRule,
  EVERYWHERE,
  type Shape,
  WIDE_BAND,
} from './adapter.ts';

const TOKENS = [
  'Input (w/ Cache Write)',
  'Input (w/o Cache Write)',
  'Cache Read',
  'Output Tokens',
  'Total Tokens',
];
const REQUIRED = ['Date', 'Model', ...TOKENS, 'Cost'];
const OPTIONAL = ['Kind', 'Cost to you'];

/**
 * Reads Cursor's usage CSV with its old, new and later headers.
 *
 * The four token columns are disjoint and add up to the total: `w/ Cache Write` is what was written to the cache. What a flat
 * plan includes costs nothing more, so its amount is notional.
 */
export const cursorUsage = {
  id: 'cursor-usage',
  version: 1,
  facts: {
    id: 'cursor-usage',
    measures: ['requests', 'attempts', ...CACHED_TOKENS, 'chargedCost', 'notionalCost', 'listCost'],
    dimensions: [...EVERYWHERE, 'model'],
    defaultZone: 'UTC',
    grain: 'request',
    needsConversion: false,
  },
  costBases: ['charged', 'notional', 'list'],
  expects: `CSV whose header has ${REQUIRED.join(', ')}`,
  recognise: (shape) => {
    if (shape.kind !== 'csv' || !REQUIRED.every((name) => shape.header.includes(name)))
      return undefined;
    const kept = [...REQUIRED, ...OPTIONAL].filter((name) => shape.header.includes(name));
    return {
      source: { kind: 'csv', delimiter: shape.delimiter, header: shape.header },
      raw: kept.map((name) =>
        name.startsWith('Cost')
          ? { name, nulls: ['-', 'NaN', 'Included', 'Free', 'N/A'] }
          : { name },
      ),
      nulls: [],
      fields: {
        start_at: { kind: 'instant', from: 'Date', unit: 'iso-or-date' },
        model: { kind: 'text', from: 'Model' },
      },
      required: ['start_at'],
      tokens: {
        input: 'Input (w/o Cache Write)',
        output: 'Output Tokens',
        cacheRead: 'Cache Read',
        cacheWrite: 'Input (w/ Cache Write)',
        total: 'Total Tokens',
        cacheInInput: 'no',
        reasoningInOutput: 'yes',
        absentIsNone: false,
      },
      costs: costsOf(shape),
      currency: { from: 'format', code: 'USD' },
      identities: [],
      band: WIDE_BAND,
      counts: ['attempts'],
      key: 'none',
      keyQuality: 'row-hash',
      restatement: 'append',
      aggregated: ['key', 'project', 'outcome'],
      completeness: 'event',
      hasMore: false,
      dropped: shape.header.filter((name) => !kept.includes(name)),
      cannotTell: [
        'no-natural-key',
        'currency-from-format',
        'key-dimension-missing',
        'outcome-missing',
        'workload-missing',
      ],
    };
  },
} as const satisfies Adapter;

const INCLUDED = [
  'Included',
  'Included in Pro',
  'Included in Business',
  'Included in Ultra',
  'Free',
];
const NOT_CHARGED = ['Errored, No Charge', 'Errored, Not Charged', 'Aborted, Not Charged'];
const money = { unit: 'currency', literal: 'grouped', negative: 'adjustment' } as const;

/** Old files say what was paid; newer ones say of which kind a row is, and of other kinds nothing is claimed. */
function costsOf({ header }: Shape & { readonly kind: 'csv' }): readonly CostRule[] {
  if (header.includes('Cost to you')) {
    return [
      { ...money, from: 'Cost to you', basis: 'charged' },
      { ...money, from: 'Cost', basis: 'list' },
    ];
  }
  if (!header.includes('Kind')) return [{ ...money, from: 'Cost', basis: 'charged' }];
  return [
    {
      ...money,
      from: 'Cost',
      basis: 'charged',
      when: { from: 'Kind', in: ['On-Demand', 'Usage-based', ...INCLUDED, ...NOT_CHARGED] },
      noneWhen: { from: 'Kind', in: [...INCLUDED, ...NOT_CHARGED] },
    },
    { ...money, from: 'Cost', basis: 'notional', when: { from: 'Kind', in: INCLUDED } },
  ];
}
