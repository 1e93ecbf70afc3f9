import { xmlText } from '../encode.ts';
import { money } from '../numbers.ts';
import { periodWords } from '../words.ts';
import type { Comparison, WeeklyPage } from './page.ts';
import { shareWords, weekdayOf } from './sections.ts';

const WIDTH = 720;
const HEIGHT = 240;
const FRAME = { top: 16, right: 8, bottom: 40, left: 76 } as const;

/** Draws cost by day beside the same weekday before; the numbers stand in the table that follows. */
export function dayChart({ days, currency, measures }: Comparison): string {
  const values = days.flatMap(({ current, previous }) => [current, previous]);
  const top = niceTop(Math.max(0, ...values.map((value) => Number(value ?? 0))));
  const plot = {
    width: WIDTH - FRAME.left - FRAME.right,
    height: HEIGHT - FRAME.top - FRAME.bottom,
  };
  const step = plot.width / Math.max(1, days.length);
  const y = (value: number): number => FRAME.top + plot.height * (1 - value / top);
  const bar = (value: string | null, x: number, width: number, name: string): string => {
    if (value === null) {
      return `<text class="gap" x="${round(x + width / 2)}" y="${round(y(0) - 4)}" text-anchor="middle">?</text>`;
    }
    const height = Math.max(0, y(0) - y(Number(value)));
    return `<rect class="${name}" x="${round(x)}" y="${round(y(0) - height)}" width="${round(width)}" height="${round(height)}"/>`;
  };
  const labelled = Math.ceil(days.length / 14);
  const marks = days.map(({ date, current, previous }, index) => {
    const x = FRAME.left + index * step;
    const label =
      index % labelled === 0
        ? `<text x="${round(x + step / 2)}" y="${HEIGHT - 20}" text-anchor="middle">${weekdayOf(date)}</text>` +
          `<text class="small" x="${round(x + step / 2)}" y="${HEIGHT - 5}" text-anchor="middle">${date.slice(5)}</text>`
        : '';
    return (
      bar(previous, x + step * 0.12, step * 0.34, 'before') +
      bar(current, x + step * 0.5, step * 0.34, 'now') +
      label
    );
  });
  const lines = [0, 0.5, 1].map((share) => {
    const at = y(top * share);
    const text = axisText(top * share, currency);
    return (
      `<line class="grid" x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${round(at)}" y2="${round(at)}"/>` +
      `<text x="${FRAME.left - 8}" y="${round(at + 4)}" text-anchor="end">${xmlText(text)}</text>`
    );
  });
  const cost = measures.find(({ measure }) => measure === 'cost');
  const total = cost?.current.value ?? null;
  const description = `Cost on ${days.length} days beside the same weekdays before; in all ${total === null ? 'unknown' : money(total, currency)}. The table below has every number.`;
  return figure(
    'days-chart',
    { title: 'Cost by day', description, height: HEIGHT },
    [...lines, ...marks].join(''),
    '<span class="key now"></span> this period <span class="key before"></span> same weekday before <span class="key gap">?</span> not measured',
  );
}

const ROW = 44;
/** The full width stands for at least this share, so that the amount itself is inside. */
const SHARE_MIN = 1.2;

/** Draws the share of each budget that is spent, with its forecast band and the amount as a line. */
export function budgetChart({ budgets, budgetTitles }: WeeklyPage): string {
  const most = Math.max(SHARE_MIN, ...budgets.map((body) => Math.min(3, furthest(body))));
  const x = (share: number): number => 8 + (WIDTH - 16) * Math.min(1, Math.max(0, share) / most);
  const rows = budgets.map((body, index) => {
    const top = index * ROW;
    const share = body.share === null ? null : Number(body.share);
    const name = `${budgetTitles[body.budget] ?? body.budget}, ${periodWords(body.period)}: `;
    const words = share === null ? 'unknown' : `${shareWords(body.share)}, ${body.verdict}`;
    const bar =
      share === null
        ? ''
        : `<rect class="${body.verdict === 'breached' ? 'over' : 'now'}" x="8" y="${top + 20}" width="${round(x(share) - 8)}" height="14"/>`;
    return `<text x="8" y="${top + 14}">${xmlText(name + words)}</text><rect class="track" x="8" y="${top + 20}" width="${WIDTH - 16}" height="14"/>${bar}${bandOf(body, top, x)}`;
  });
  const height = budgets.length * ROW + 8;
  const line = `<line class="amount" x1="${round(x(1))}" x2="${round(x(1))}" y1="0" y2="${height}"/>`;
  return figure(
    'budgets-chart',
    {
      title: 'Share of each budget',
      description: `${budgets.length} budgets; the line is the whole amount. The table below has every number.`,
      height,
    },
    rows.join('') + line,
    '<span class="key now"></span> spent <span class="key over"></span> spent, amount reached <span class="key band"></span> forecast (80 % band where there is one) <span class="key amount"></span> amount',
  );
}

type Budget = WeeklyPage['budgets'][number];

function bandOf({ forecast, amount }: Budget, top: number, x: (share: number) => number): string {
  const whole = Number(amount);
  if (forecast === null || whole <= 0) return '';
  const low = Number(forecast.low ?? forecast.total) / whole;
  const high = Number(forecast.high ?? forecast.total) / whole;
  const width = Math.max(3, x(high) - x(low));
  return `<rect class="band" x="${round(Math.min(x(low), WIDTH - 8 - width))}" y="${top + 23}" width="${round(width)}" height="8"/>`;
}

function furthest({ share, forecast, amount }: Budget): number {
  const whole = Number(amount);
  const ahead =
    forecast === null || whole <= 0 ? 0 : Number(forecast.high ?? forecast.total) / whole;
  return Math.max(Number(share ?? 0), ahead) * 1.05;
}

/** A picture with a name and a description for those who cannot see it, and a key below. */
function figure(
  id: string,
  what: { readonly title: string; readonly description: string; readonly height: number },
  content: string,
  key: string,
): string {
  return (
    `<figure><svg role="img" aria-labelledby="${id}-title ${id}-description" viewBox="0 0 ${WIDTH} ${what.height}">` +
    `<title id="${id}-title">${xmlText(what.title)}</title><desc id="${id}-description">${xmlText(what.description)}</desc>` +
    `${content}</svg><figcaption>${key}</figcaption></figure>`
  );
}

/** The next 1, 2 or 5 times a power of ten. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const found = [1, 2, 5, 10].find((times) => times * power >= value);
  return (found ?? 10) * power;
}

const axisText = (value: number, currency: string): string =>
  `${currency} ${value >= 10 || value === 0 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : value.toPrecision(2)}`;

const round = (value: number): string => String(Math.round(value * 10) / 10);
