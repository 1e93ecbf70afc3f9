import { describe, expect, it } from 'vitest';
import { type Digest, sha256 } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { holdsOn, standingHolds } from './holds.ts';

const hold = (assumption: string, at: string, because: string[]) =>
  event(at, { kind: 'hold', assumption, reasons: ['document-changed'], because, evidence: [] });
const accept = (document: string, at: string) =>
  event(at, { kind: 'accept', document, content: sha256('x'), from: null, by: 'finops' });
const resume = (assumption: string, at: string) =>
  event(at, { kind: 'resume', assumption, because: 'false-alarm', by: 'finops', case: null });

function event(at: string, body: object) {
  return { ref: sha256(at + JSON.stringify(body)), index: 0, context: { at }, body } as never;
}

describe('standingHolds', () => {
  it('keeps the first date of a hold that is found again', () => {
    const holds = standingHolds(
      [
        hold('terms', '2026-11-16T08:00:00Z', ['document:a']),
        hold('terms', '2026-11-23T08:00:00Z', ['document:a']),
      ],
      'UTC',
    );
    expect(holds.map(({ assumption, since }) => [assumption, since])).toEqual([
      ['terms', '2026-11-16'],
    ]);
  });

  it('dates a hold in the zone of the plan', () => {
    const [found] = standingHolds(
      [hold('terms', '2026-11-22T23:30:00Z', ['document:a'])],
      'Europe/Berlin',
    );
    expect(found?.since).toBe('2026-11-23');
  });

  it('ends what one document alone held when it is accepted', () => {
    const events = [
      hold('terms', '2026-11-16T08:00:00Z', ['document:a']),
      accept('a', '2026-11-17T08:00:00Z'),
    ];
    expect(standingHolds(events, 'UTC')).toEqual([]);
  });

  it('keeps a hold that another document or a claim holds too', () => {
    const events = [
      hold('terms', '2026-11-16T08:00:00Z', ['document:a', 'claim:endpoint']),
      accept('a', '2026-11-17T08:00:00Z'),
    ];
    expect(standingHolds(events, 'UTC').map(({ because }) => because)).toEqual([
      ['claim:endpoint'],
    ]);
  });

  it('ends a hold whole when an owner resumes it, and can hold it again', () => {
    const events = [
      hold('terms', '2026-11-16T08:00:00Z', ['claim:endpoint']),
      resume('terms', '2026-11-17T08:00:00Z'),
    ];
    expect(standingHolds(events, 'UTC')).toEqual([]);
    const again = standingHolds(
      [...events, hold('terms', '2026-11-18T08:00:00Z', ['document:a'])],
      'UTC',
    );
    expect(again[0]?.since).toBe('2026-11-18');
  });
});

describe('holdsOn', () => {
  const plan = {
    exports: [{ id: 'gateway', conversion: 'unit' }, { id: 'app' }],
    budgets: [{ id: 'monthly', assumption: 'amount-basis' }],
  } as unknown as Plan;
  const held = (assumption: string) => ({
    assumption,
    since: '2026-11-16',
    reasons: [],
    because: [],
    evidence: [] as Digest[],
  });

  it('labels a number computed from an export whose conversion is held', () => {
    expect(holdsOn({ exports: ['gateway'] }, [held('unit')], plan)).toEqual([
      { assumption: 'unit', since: '2026-11-16' },
    ]);
    expect(holdsOn({ exports: ['app'] }, [held('unit')], plan)).toEqual([]);
  });

  it('labels a budget whose own assumption is held', () => {
    expect(
      holdsOn({ exports: [], assumption: 'amount-basis' }, [held('amount-basis')], plan),
    ).toHaveLength(1);
    expect(holdsOn({ exports: [] }, [held('amount-basis')], plan)).toHaveLength(0);
  });

  it('labels everything with an assumption that nothing in the plan is tied to', () => {
    expect(holdsOn({ exports: ['app'] }, [held('terms')], plan)).toHaveLength(1);
  });
});
