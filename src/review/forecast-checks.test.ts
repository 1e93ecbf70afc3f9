import { describe, expect, it } from 'vitest';
import { sha256 } from '../core/index.ts';
import type { StoredRecord } from '../evidence/index.ts';
import { alertLines } from './alert-lines.ts';
import { forecastChecks } from './forecast-checks.ts';

const record = (body: object, at = '2026-11-20T08:00:00Z'): StoredRecord =>
  ({ ref: sha256(JSON.stringify(body)), index: 0, context: { at }, body }) as never;
const verdict = (asOf: string, over: object = {}) =>
  record({
    kind: 'budget-verdict',
    budget: 'monthly',
    period: { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z', zone: 'UTC' },
    asOf,
    final: false,
    currency: 'USD',
    spend: { value: '10', knownRows: 1, totalRows: 1 },
    forecast: { method: 'pool', total: '110', low: '95', high: '120' },
    ...over,
  });
const final = verdict('2026-11-02T00:00:00Z', {
  final: true,
  forecast: null,
  spend: { value: '100', knownRows: 9, totalRows: 9 },
});
const SINCE = '2026-10-20T00:00:00Z';

describe('forecastChecks', () => {
  it('holds each forecast against the final verdict of its period', () => {
    const checks = forecastChecks([verdict('2026-10-12T00:00:00Z'), final], SINCE);
    expect(checks).toMatchObject([{ forecast: '110', actual: '100', error: '0.1', inBand: true }]);
  });

  it('counts the same data once, and a run rate has no band', () => {
    const rate = verdict('2026-10-12T00:00:00Z', { forecast: { method: 'run-rate', total: '50' } });
    const checks = forecastChecks([verdict('2026-10-12T00:00:00Z'), rate, final], SINCE);
    expect(checks).toMatchObject([{ method: 'run-rate', error: '-0.5', inBand: null }]);
  });

  it('says nothing of a period that is not over, ended long ago, or came to zero', () => {
    expect(forecastChecks([verdict('2026-10-12T00:00:00Z')], SINCE)).toEqual([]);
    expect(
      forecastChecks([verdict('2026-10-12T00:00:00Z'), final], '2026-11-02T00:00:00Z'),
    ).toEqual([]);
    const zero = verdict('2026-11-02T00:00:00Z', {
      final: true,
      forecast: null,
      spend: { value: '0', knownRows: 9, totalRows: 9 },
    });
    expect(forecastChecks([verdict('2026-10-12T00:00:00Z'), zero], SINCE)[0]?.error).toBeNull();
  });
});

describe('alertLines', () => {
  const alert = (id: string) =>
    record({
      kind: 'alert',
      alert: id,
      budget: 'monthly',
      rules: ['over'],
      severity: 'critical',
      owner: 'finops',
    });
  const sent = (channel: string, outcome: string) =>
    record({ kind: 'delivery', alert: 'a', channel, outcome });

  it('tells who was reached in the end, who acknowledged, and when it was over', () => {
    const [line] = alertLines(
      [
        alert('a'),
        sent('mail', 'failed'),
        sent('chat', 'failed'),
        sent('mail', 'delivered'),
        record({ kind: 'acknowledgement', alert: 'a', by: 'finops' }, '2026-11-20T09:00:00Z'),
        record({ kind: 'resolved', alert: 'a' }, '2026-11-21T09:00:00Z'),
      ],
      SINCE,
    );
    expect(line).toMatchObject({
      acknowledgedAt: '2026-11-20T09:00:00Z',
      acknowledgedBy: 'finops',
      resolvedAt: '2026-11-21T09:00:00Z',
      reached: ['mail'],
      failed: ['chat'],
    });
  });

  it('lists the newest first and none from before', () => {
    const lines = alertLines([alert('a'), alert('b')], SINCE);
    expect(lines.map((line) => line.alert)).toEqual(['b', 'a']);
    expect(alertLines([alert('a')], '2026-11-20T08:00:01Z')).toEqual([]);
  });
});
