import { describe, expect, it } from 'vitest';
import type { Instant } from '../core/index.ts';
import type { Channel } from '../plan/index.ts';
import { gathers, sendableAt } from './timing.ts';

const at = (text: string) => text as Instant;
const file = (timing: object = {}): Channel => ({
  id: 'a',
  kind: 'file',
  path: 'outbox',
  ...timing,
});
const wait = (
  channel: Channel,
  now: string,
  over: { severity?: 'info' | 'critical'; since?: string | null } = {},
) =>
  sendableAt(channel, {
    severity: over.severity ?? 'info',
    since: over.since === null ? null : at(over.since ?? now),
    now: at(now),
    zone: 'Europe/Berlin',
  });

const NIGHT = file({ quiet: { from: '22:00', until: '07:00' } });
const DIGEST = file({ digest: { at: '09:00' } });

describe('quiet hours', () => {
  it('hold a notice until they end, over midnight', () => {
    expect(wait(NIGHT, '2026-11-23T20:59:59Z')).toBe('2026-11-23T20:59:59Z');
    expect(wait(NIGHT, '2026-11-23T21:00:00Z')).toBe('2026-11-24T06:00:00Z');
    expect(wait(NIGHT, '2026-11-24T05:59:59Z')).toBe('2026-11-24T06:00:00Z');
    expect(wait(NIGHT, '2026-11-24T06:00:00Z')).toBe('2026-11-24T06:00:00Z');
  });

  it('hold nothing that is critical', () => {
    expect(wait(NIGHT, '2026-11-23T22:00:00Z', { severity: 'critical' })).toBe(
      '2026-11-23T22:00:00Z',
    );
  });

  it('are those of the zone of the channel, and follow its clock', () => {
    const tokyo = file({ quiet: { from: '22:00', until: '07:00', zone: 'Asia/Tokyo' } });
    expect(wait(tokyo, '2026-11-23T14:00:00Z')).toBe('2026-11-23T22:00:00Z');
    expect(wait(NIGHT, '2026-03-28T23:00:00Z')).toBe('2026-03-29T05:00:00Z');
  });
});

describe('a digest', () => {
  it('gathers until its time of day, and what came before it is due', () => {
    expect(gathers(DIGEST)).toBe(true);
    expect(wait(DIGEST, '2026-11-23T08:30:00Z', { since: '2026-11-23T07:30:00Z' })).toBe(
      '2026-11-23T08:00:00Z',
    );
    expect(wait(DIGEST, '2026-11-23T08:30:00Z')).toBe('2026-11-24T08:00:00Z');
  });

  it('holds neither what is critical nor an escalation', () => {
    const now = '2026-11-23T08:30:00Z';
    expect(wait(DIGEST, now, { severity: 'critical' })).toBe(now);
    expect(wait(DIGEST, now, { since: null })).toBe(now);
    expect(gathers(file())).toBe(false);
  });

  it('in quiet hours waits for their end too', () => {
    const both = file({ digest: { at: '06:00' }, quiet: { from: '22:00', until: '07:00' } });
    expect(wait(both, '2026-11-23T12:00:00Z')).toBe('2026-11-24T06:00:00Z');
  });
});
