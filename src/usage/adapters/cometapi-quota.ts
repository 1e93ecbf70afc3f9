import { type Adapter, EVERYWHERE } from './adapter.ts';

/** Reads the `daily_quota` of CometAPI's balance query: money and requests by date and key, nothing by model. */
export const cometapiQuota = {
  id: 'cometapi-quota',
  version: 1,
  facts: {
    id: 'cometapi-quota',
    measures: ['requests', 'attempts', 'chargedCost'],
    dimensions: [...EVERYWHERE, 'key'],
    defaultZone: 'unknown',
    grain: 'day',
    needsConversion: false,
  },
  costBases: ['charged'],
  expects:
    'JSON with `daily_quota`: an object of dates, each a list of {token_name, quota_used, request_count}',
  recognise: (shape) => {
    if (shape.kind !== 'json' || shape.keys['$.daily_quota'] === undefined) return undefined;
    return {
      source: { kind: 'json-members', path: '$.daily_quota' },
      raw: [
        { name: 'date', path: ['name'] },
        { name: 'token_name', path: ['item', 'token_name'] },
        { name: 'quota_used', path: ['item', 'quota_used'] },
        { name: 'request_count', path: ['item', 'request_count'] },
      ],
      nulls: [],
      fields: {
        start_date: { kind: 'date', from: 'date' },
        key_ref: { kind: 'text', from: 'token_name' },
        attempts: { kind: 'count', from: 'request_count' },
      },
      required: ['start_date', 'key_ref'],
      costs: [
        {
          from: 'quota_used',
          basis: 'charged',
          unit: 'currency',
          literal: 'float',
          negative: 'refuse',
        },
      ],
      currency: { from: 'format', code: 'USD' },
      identities: [],
      counts: [],
      key: ['start_date', 'key_ref'],
      keyQuality: 'composite',
      // A day's counters grow until it closes; the larger of two exports is the later one.
      restatement: 'max-wins',
      toldWhole: ['start_date'],
      aggregated: ['model', 'project', 'outcome'],
      completeness: 'bucket',
      hasMore: false,
      dropped: (shape.keys['$'] ?? []).filter((key) => key !== 'daily_quota'),
      cannotTell: [
        'zone-undocumented',
        'tokens-missing',
        'model-dimension-missing',
        'outcome-missing',
        'workload-missing',
        'hidden-retries',
        'float-money',
        'currency-from-format',
      ],
    };
  },
} as const satisfies Adapter;
