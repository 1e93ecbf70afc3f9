import type { ReviewBundle } from '../evidence/index.ts';
import type { MetricBody } from './bundle.ts';
import { count, money } from './numbers.ts';
import { reasonWords, unitWords } from './words.ts';

/** Says what the changes of cost are made of, where anything changed; one line for all metrics of one split. */
export function effectLines({ metrics }: ReviewBundle): readonly string[] {
  const lines = metrics.flatMap(({ body }) => [...effectLine(body), ...seriesLine(body)]);
  return [...new Set(lines)];
}

function effectLine({ effects, currency, metric }: MetricBody): readonly string[] {
  if (effects === undefined || effects.change === '0') return [];
  const { change, volume, price, mix, by } = effects;
  const amount = (text: string): string => money(text, currency);
  return [
    `${metric}: the cost changed by ${amount(change)} = volume ${amount(volume)}, price ${amount(price)}, mix ${amount(mix)} (by ${by})`,
  ];
}

function seriesLine({ metric, series, counted }: MetricBody): readonly string[] {
  if (series === undefined || series.missing.length === 0) return [];
  const days = series.missing.length === 1 ? 'day' : 'days';
  return [
    `${metric}: the series has no ${unitWords(counted)} for ${count(series.missing.length)} ${days}: ${series.missing.join(', ')}`,
  ];
}

/** Says how the views of each bill compare, and what the difference of cost is made of. */
export function reconcileLines({ reconciles }: ReviewBundle): readonly string[] {
  return reconciles.flatMap(({ body }) => {
    const why = reasonWords(body.reasons);
    const head = `${body.reconcile}: ${body.outcome}${why === '' ? '' : `, ${why}`}`;
    const currency = body.views[0]?.currency ?? '';
    const pairs = body.pairs.map((pair) => {
      const { left, right, compared, open, beyond, difference } = pair;
      const days = `${compared} of ${compared + open} days, ${beyond} beyond tolerance`;
      const parts =
        difference === null
          ? []
          : (['missing', 'duplicated', 'price', 'rounding', 'zone'] as const).flatMap((name) =>
              difference[name] === '0' ? [] : [`${name} ${money(difference[name], currency)}`],
            );
      const total =
        difference === null || difference.total === '0'
          ? ''
          : `; cost differs by ${money(difference.total, currency)}`;
      return `${right} against ${left}: ${days}${total}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
    });
    return [`${head}; ${pairs.join('; ')}`];
  });
}
