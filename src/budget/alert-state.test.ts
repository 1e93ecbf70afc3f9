import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { addDuration, type Instant, parseInstant } from '../core/index.ts';
import {
  type AlertEvent,
  type AlertRoutes,
  type DueNotice,
  dueNotices,
  type Escalation,
  foldAlerts,
  SEND_ATTEMPTS_MAX,
} from './alert-state.ts';

const at = (text: string): Instant => parseInstant(text) ?? bad(text);
function bad(text: string): never {
  throw new Error(text);
}

const NOON = at('2026-11-10T12:00:00Z');
const later = (duration: string): Instant => addDuration(NOON, duration);

const CHANNELS: Readonly<Record<string, readonly string[]>> = {
  finops: ['mail', 'chat'],
  boss: ['pager'],
  nobody: [],
};
const routes = (escalation?: Escalation): AlertRoutes => ({
  escalationOf: () => escalation,
  channelsOf: (role) => CHANNELS[role] ?? [],
  fallbackOwner: 'finops',
});

const fired: AlertEvent = {
  kind: 'fired',
  alert: 'a',
  budget: 'monthly',
  rules: ['over', 'near'],
  severity: 'critical',
  amount: '100',
  period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' },
  owner: 'finops',
  channels: ['mail', 'chat'],
  at: NOON,
};
const resolved: AlertEvent = {
  kind: 'resolved',
  alert: 'a',
  rules: ['over'],
  because: 'cleared',
  at: later('1h'),
};
const acknowledged: AlertEvent = { kind: 'acknowledged', alert: 'a', by: 'finops', at: NOON };

const due = (
  events: readonly AlertEvent[],
  now: Instant,
  escalation?: Escalation,
): readonly DueNotice[] => dueNotices(foldAlerts(events, routes(escalation)), now);
const words = (notices: readonly DueNotice[]): readonly string[] =>
  notices.map((one) => `${one.transition}${one.step || ''} ${one.channel} ${one.attempt}`);

const claimed = ({ notice, alert, attempt }: DueNotice, when = NOON): AlertEvent => ({
  kind: 'claimed',
  notice,
  alert,
  attempt,
  at: when,
});
const sent = (
  { notice, alert }: DueNotice,
  outcome: 'delivered' | 'failed',
  when = NOON,
): AlertEvent => ({ kind: 'sent', notice, alert, outcome, at: when });
const delivered = (one: DueNotice): readonly AlertEvent[] => [claimed(one), sent(one, 'delivered')];
const first = (): DueNotice => due([fired], NOON)[0] ?? bad('none');
const both = (): readonly AlertEvent[] => due([fired], NOON).flatMap(delivered);

describe('a fired alert', () => {
  it('is told once on each channel of its owner', () => {
    expect(words(due([fired], NOON))).toEqual(['fired mail 1', 'fired chat 1']);
    expect(due([fired, ...both()], NOON)).toEqual([]);
  });

  it('stays silent however often, and however much later, it is looked at', () => {
    for (const age of ['1m', '9d', '999d']) expect(due([fired, ...both()], later(age))).toEqual([]);
  });

  it('is not sent by a second process while the first one sends', () => {
    expect(words(due([fired, claimed(first())], later('14m')))).toEqual(['fired chat 1']);
  });

  it('is sent again, with the same id, after its sender died', () => {
    const again = due([fired, claimed(first())], later('15m'))[0];
    expect(again).toMatchObject({ notice: first().notice, attempt: 2 });
  });

  it('is tried again after a failure, longer apart each time, and given up in the end', () => {
    let events: readonly AlertEvent[] = [fired];
    let now = NOON;
    const attempts: number[] = [];
    for (let hour = 0; hour < 48; hour += 1) {
      const mail = due(events, now).find(({ channel }) => channel === 'mail');
      if (mail !== undefined) {
        attempts.push(hour);
        events = [...events, claimed(mail, now), sent(mail, 'failed', now)];
      }
      now = addDuration(now, '1h');
    }
    expect(attempts).toEqual([0, 1, 2, 3, 5]);
    expect(attempts).toHaveLength(SEND_ATTEMPTS_MAX);
  });

  it('stays delivered when a slower sender reports a failure', () => {
    const events = [fired, ...both(), sent(first(), 'failed', later('1h'))];
    expect(due(events, later('9d'))).toEqual([]);
  });

  it('takes an outcome without a claim for that of the first attempt', () => {
    expect(words(due([fired, sent(first(), 'delivered')], later('9d')))).toEqual(['fired chat 1']);
    const failed = [fired, sent(first(), 'failed')];
    expect(words(due(failed, later('14m')))).toEqual(['fired chat 1']);
    expect(words(due(failed, later('15m')))).toEqual(['fired mail 2', 'fired chat 1']);
  });

  it('changes nothing when it is recorded twice, and an event of no alert is passed over', () => {
    expect(due([fired, ...both(), fired], NOON)).toEqual([]);
    expect(due([resolved, acknowledged], NOON)).toEqual([]);
  });

  it('waits while it is snoozed, until the end and no longer', () => {
    const snoozed: AlertEvent = {
      kind: 'snoozed',
      alert: 'a',
      by: 'finops',
      until: later('2d'),
      at: NOON,
    };
    expect(due([fired, snoozed], later('1d'))).toEqual([]);
    expect(words(due([fired, snoozed], later('2d')))).toHaveLength(2);
  });
});

describe('an escalation', () => {
  const escalation = { ackWithin: '24h', to: 'boss', again: '72h', max: 2 };

  it('comes when nobody has acknowledged in time, and not a second earlier', () => {
    const events = [fired, ...both()];
    expect(due(events, at('2026-11-11T11:59:59Z'), escalation)).toEqual([]);
    expect(due(events, later('24h'), escalation)).toMatchObject([
      { transition: 'escalated', step: 1, channel: 'pager', to: 'boss', attempt: 1 },
    ]);
  });

  it('does not come after an acknowledgement, nor after the alert is over', () => {
    expect(due([fired, ...both(), acknowledged], later('9d'), escalation)).toEqual([]);
    const over = due([fired, ...both(), resolved], later('9d'), escalation);
    expect(over.map(({ transition }) => transition)).toEqual(['resolved', 'resolved']);
  });

  it('goes on by its steps and ends with the last', () => {
    const step1 = due([fired, ...both()], later('24h'), escalation).flatMap(delivered);
    const events = [fired, ...both(), ...step1];
    expect(due(events, later('95h'), escalation)).toEqual([]);
    const step2 = due(events, later('96h'), escalation);
    expect(words(step2)).toEqual(['escalated2 pager 1']);
    expect(due([...events, ...step2.flatMap(delivered)], later('999d'), escalation)).toEqual([]);
  });

  it('sends the last step alone after a clock that jumped ahead, and no earlier one when it is set back (budgets.md 10.5)', () => {
    const jumped = due([fired, ...both()], later('30d'), escalation);
    expect(words(jumped)).toEqual(['escalated2 pager 1']);
    const events = [fired, ...both(), ...jumped.flatMap(delivered)];
    expect(due(events, later('25h'), escalation)).toEqual([]);
  });

  it('falls to the plan’s owner where its role cannot be reached', () => {
    const lost = due([fired, ...both()], later('24h'), { ackWithin: '24h', to: 'nobody' });
    expect(lost.map(({ to, channel }) => `${to} ${channel}`)).toEqual([
      'finops mail',
      'finops chat',
    ]);
  });
});

describe('a recovery', () => {
  it('is told where the alert was told, and only there', () => {
    const mailOnly = [fired, ...delivered(first()), resolved];
    expect(words(due(mailOnly, later('2h')))).toEqual(['resolved mail 1']);
    expect(due([fired, resolved], later('2h'))).toEqual([]);
  });

  it('is no matter of a lesser rule of the alert', () => {
    const lesser: AlertEvent = { ...resolved, rules: ['near'] };
    expect(due([fired, ...both(), lesser], later('2h'))).toEqual([]);
  });
});

describe('a restatement', () => {
  it('is told once', () => {
    const restated: AlertEvent = {
      kind: 'restated',
      alert: 'r',
      budget: 'monthly',
      owner: 'finops',
      channels: ['mail'],
      at: NOON,
    };
    const notices = due([restated], NOON);
    expect(words(notices)).toEqual(['restated mail 1']);
    expect(due([restated, ...notices.flatMap(delivered)], later('9d'))).toEqual([]);
  });
});

describe('laws', () => {
  const event = fc.constantFrom<readonly AlertEvent[]>(
    [resolved],
    [acknowledged],
    [{ kind: 'snoozed', alert: 'a', by: 'finops', until: later('3d'), at: NOON }],
    due([fired], NOON).flatMap(delivered),
    [claimed(due([fired], NOON)[0] ?? bad('none'))],
  );

  it('sends no notice twice that was delivered, whatever else happens', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.integer({ min: 0, max: 90 }),
        (more, days) => {
          const events = [fired, ...both(), ...more.flat()];
          const escalation = { ackWithin: '24h', to: 'boss' };
          const now = later(`${days}d`);
          const told = new Set(due([fired], NOON).map(({ notice }) => notice));
          const notices = due(events, now, escalation);
          expect(notices.filter(({ notice }) => told.has(notice))).toEqual([]);
          const settled = [...events, ...notices.flatMap(delivered)];
          expect(due(settled, now, escalation)).toEqual([]);
        },
      ),
    );
  });
});
