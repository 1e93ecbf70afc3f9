import { itemAt, sha256 } from '../core/index.ts';
import { type Fact, type Notice, noticeOf } from './notice.ts';

const SEVERITIES = ['info', 'warning', 'critical'] as const;

/**
 * Makes one notice of several; the same ones give the same id, in any order. A single one stays itself.
 *
 * @param notices at least one.
 */
export function digestNotice(notices: readonly [Notice, ...Notice[]], at: string): Notice {
  const [first, ...rest] = notices;
  if (rest.length === 0) return first;
  const ids = notices.map(({ id }) => id).toSorted();
  const hex = sha256(ids.join('\n')).slice('sha256:'.length);
  const gravest = Math.max(...notices.map(({ severity }) => SEVERITIES.indexOf(severity)));
  return noticeOf({
    id: `digest-${hex}`,
    subject: `digest-${hex}`,
    thread: 'digest',
    state: notices.every(({ state }) => state === 'resolved') ? 'resolved' : 'firing',
    severity: itemAt(SEVERITIES, gravest),
    title: `${notices.length} notices: ${first.title}, and ${rest.length} more`,
    facts: notices.flatMap(factsOf),
    startsAt: at,
    endsAt: null,
    labels: { alertname: 'SpendproofDigest' },
    payload: {
      type: 'notice.digest',
      timestamp: at,
      data: { notices: notices.map(({ id, payload }) => ({ id, notice: payload })) },
    },
  });
}

/** What a reader needs of each: its title, how things stand, and where the record is. */
function factsOf(notice: Notice, index: number): readonly Fact[] {
  const wanted = new Set(['Spend', 'Owner', 'Next action', 'Record']);
  return [
    [`${index + 1}`, `${notice.title} (${notice.severity}, ${notice.state})`],
    ...notice.facts.filter(([name]) => wanted.has(name)),
  ];
}
