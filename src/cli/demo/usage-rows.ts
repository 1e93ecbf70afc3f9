import { addDays, dateIn, type Instant, type PlainDate } from '../../core/index.ts';

/** What the example team's application logged: one row a request. */
export interface ExampleRows {
  /** CSV with a header: ts,request,model,workload,seat,in,out,total,usd. */
  readonly csv: string;
  /** CometAPI's daily quota body for the same days. */
  readonly quota: string;
  /** Millionths spent on a date and after it. */
  readonly spend: (from: PlainDate) => number;
}

const WORKLOADS = [
  { id: 'support-bot', key: 'svc-support', share: 0.55, input: 1400, output: 220 },
  { id: 'search', key: 'svc-search', share: 0.35, input: 600, output: 90 },
  { id: 'batch-summaries', key: 'svc-batch', share: 0.1, input: 5200, output: 640 },
] as const;

/** Days of usage that the example has. */
const DAYS = 42;

/**
 * Makes six weeks of invented usage that end with the last whole day before `now`; the same `now` gives the same rows.
 *
 * The amounts are made up for the example: nothing in them is a price of anyone.
 */
export function exampleRows(now: Instant): ExampleRows {
  const today = dateIn(now, 'UTC');
  const random = seeded(20_261_123);
  const lines = ['ts,request,model,workload,seat,in,out,total,usd'];
  const quota: Record<string, object[]> = {};
  const spent = new Map<PlainDate, number>();
  for (let back = DAYS; back >= 1; back -= 1) {
    const date = addDays(today, -back);
    const days = WORKLOADS.map((workload) => dayOf(workload, date, random, lines));
    quota[date] = days.map(({ row }) => row);
    spent.set(
      date,
      days.reduce((sum, { micros }) => sum + micros, 0),
    );
  }
  const body = {
    username: 'example-team',
    request_count: lines.length - 1,
    keys: [],
    daily_quota: quota,
  };
  return {
    csv: `${lines.join('\n')}\n`,
    quota: `${JSON.stringify(body, null, 2)}\n`,
    spend: (from) =>
      [...spent].reduce((sum, [date, micros]) => (date >= from ? sum + micros : sum), 0),
  };
}

type Workload = (typeof WORKLOADS)[number];

function dayOf(
  workload: Workload,
  date: PlainDate,
  random: () => number,
  lines: string[],
): { readonly row: object; readonly micros: number } {
  const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
  const count = Math.round(60 * workload.share * (weekend ? 0.4 : 1) * (0.85 + 0.3 * random()));
  let micros = 0;
  for (let index = 0; index < count; index += 1) {
    const second = Math.floor((86_400 * (index + random())) / count);
    const input = Math.round(workload.input * (0.5 + random()));
    const output = Math.round(workload.output * (0.5 + random()));
    const cost = input * 3 + output * 11;
    micros += cost;
    const time = new Date(Date.parse(`${date}T00:00:00Z`) + second * 1000).toISOString();
    const seat = `seat-${1 + Math.floor(random() * 12)}`;
    const request = `${workload.id}-${date}-${index}`;
    lines.push(
      [
        time.replace('.000Z', 'Z'),
        request,
        'example-small',
        workload.id,
        seat,
        input,
        output,
        input + output,
        dollars(cost),
      ].join(','),
    );
  }
  return {
    row: { token_name: workload.key, quota_used: Number(dollars(micros)), request_count: count },
    micros,
  };
}

/** Writes millionths as a decimal literal without a float in between. */
const dollars = (micros: number): string =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;

/** A small seeded generator (mulberry32), so that the demo is the same for everyone on one day. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
