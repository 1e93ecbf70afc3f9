import { describe, expect, it } from 'vitest';
import { type Instant, sha256 } from '../core/index.ts';
import type { StoredRecord } from '../evidence/index.ts';
import { clearanceOf, ledgerEvents, triggeredReviews } from './triggers.ts';

const at = (text: string) => text as Instant;
const MONDAY = at('2026-11-23T08:00:00Z');
const triggers = [
  { event: 'critical-alert', within: '1d', blocks: false },
  { event: 'launch', lead: '5d', blocks: true },
] as const;
const event = { event: 'critical-alert', about: 'a', at: MONDAY } as const;

describe('triggeredReviews', () => {
  const found = (lastStart: string | null, claimed: string[] = []) =>
    triggeredReviews(triggers, [event], {
      claimed: new Set(claimed),
      lastStart: lastStart === null ? null : at(lastStart),
    });

  it('asks for one review within the time that the plan gives', () => {
    expect(found(null)).toMatchObject([
      { trigger: 'critical-alert', dueAt: MONDAY, until: '2026-11-24T08:00:00Z' },
    ]);
  });

  it('is settled by a claim, or by any review that began after the event', () => {
    const [one] = found('2026-11-23T08:00:00Z');
    expect(one?.trigger).toBe('critical-alert');
    expect(found(null, [one?.due ?? ''])).toEqual([]);
    expect(found('2026-11-23T08:00:01Z')).toEqual([]);
  });

  it('asks for nothing that the plan does not name', () => {
    const facts = { claimed: new Set<string>(), lastStart: null };
    expect(triggeredReviews([], [event], facts)).toEqual([]);
    const other = { ...event, event: 'restatement' } as const;
    expect(triggeredReviews(triggers, [other], facts)).toEqual([]);
  });
});

describe('ledgerEvents', () => {
  const record = (body: object): StoredRecord =>
    ({ ref: sha256(JSON.stringify(body)), index: 0, context: { at: MONDAY }, body }) as never;
  const check = { kind: 'document-check', document: 'a', review: null, state: 'same', reasons: [] };

  it('finds critical alerts, restatements, and pages that changed outside a review', () => {
    const events = ledgerEvents([
      record({ kind: 'alert', severity: 'critical' }),
      record({ kind: 'alert', severity: 'warning' }),
      record({ kind: 'restatement' }),
      record({ ...check, state: 'changed' }),
      record({ ...check, state: 'gone' }),
      record({ ...check, reasons: ['claim-broken'] }),
      record({ ...check, state: 'changed', review: '2026-W47' }),
      record(check),
      record({ ...check, state: 'unreadable' }),
    ]);
    expect(events.map((one) => one.event)).toEqual([
      'critical-alert',
      'restatement',
      'document-drift',
      'document-drift',
      'document-drift',
    ]);
    expect(new Set(events.map(({ about }) => about)).size).toBe(5);
  });
});

describe('clearanceOf', () => {
  const review = (outcome: string, endedAt: string, ref: string | null = 'v2') => ({
    trigger: 'launch',
    ref,
    review: '2026-W47.2',
    outcome,
    endedAt: at(endedAt),
  });
  const ask = (...reviews: ReturnType<typeof review>[]) =>
    clearanceOf({ event: 'launch', ref: 'v2', at: at('2026-12-01T00:00:00Z') }, triggers, reviews)
      .kind;

  it('lets an event go ahead that passed its review as long before as the plan asks', () => {
    expect(ask(review('pass', '2026-11-26T00:00:00Z'))).toBe('cleared');
    expect(ask(review('pass', '2026-11-26T00:00:01Z'))).toBe('late');
  });

  it('counts the newest review of this very thing', () => {
    expect(ask()).toBe('not-reviewed');
    expect(ask(review('pass', '2026-11-20T00:00:00Z', 'v1'))).toBe('not-reviewed');
    expect(
      ask(review('pass', '2026-11-20T00:00:00Z'), review('inconclusive', '2026-11-21T00:00:00Z')),
    ).toBe('not-passed');
  });
});
