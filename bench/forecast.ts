import type { Figure } from './figure.ts';
import { type RuleScore, scoreRules } from './series/alerts.ts';
import { type M4_METHODS, scoreM4 } from './series/m4.ts';
import { coverageOf, DAYS, errorAt, TABLE, tryMonths } from './series/nn5.ts';
import { hasSeries, readPublished } from './series/read.ts';

/** Measures forecasts on public series: M4 weekly and hourly, and 1,663 months of NN5. Takes about four minutes. */
export function figures(): Promise<readonly Figure[]> {
  if (!hasSeries()) throw new Error('The series lie in ../shared/data/series, beside the project');
  return Promise.resolve([...m4Figures(), ...nn5Figures(), ...alertFigures()]);
}

function m4Figures(): readonly Figure[] {
  const published = readPublished();
  const compare = (
    set: 'weekly' | 'hourly',
    name: keyof typeof M4_METHODS,
    within: { readonly smape?: number; readonly mase: number },
  ): readonly Figure[] => {
    const score = scoreM4(set, name);
    return (['smape', 'mase'] as const).flatMap((measure) => {
      const bound = within[measure];
      if (bound === undefined) return [];
      const reference = published.get(name)!.get(`${measure}_${set}`)!;
      // The table has three places; "exactly" means those.
      const value = Number(score[measure].toFixed(3));
      return [
        {
          name: `forecast: M4 ${set} ${name}, ${measure}`,
          value: value.toFixed(3),
          reference: reference.toFixed(3),
          ratio: (value / reference).toFixed(4),
          goal: bound === 0 ? '= published' : `within ${bound}`,
          ok: Math.abs(value - reference) <= bound + 1e-9,
        },
      ];
    });
  };
  return [
    ...compare('weekly', 'Naive', { smape: 0, mase: 0 }),
    ...compare('hourly', 'sNaive', { smape: 0, mase: 0 }),
    ...(['weekly', 'hourly'] as const).flatMap((set) => [
      ...compare(set, 'SES', { mase: 0.05 }),
      ...compare(set, 'Theta', { mase: 0.05 }),
    ]),
  ];
}

function nn5Figures(): readonly Figure[] {
  const trials = tryMonths();
  const errors = DAYS.flatMap((day) =>
    (['pool', 'chosen'] as const).map((of): Figure => {
      const value = errorAt(trials, day, of);
      const reference = errorAt(trials, day, 'runRate');
      return {
        name: `forecast: NN5 month total at day ${day}, % off, ${of}, against run rate`,
        value: value.toFixed(2),
        reference: reference.toFixed(2),
        ratio: (value / reference).toFixed(2),
        goal: `<= ${(TABLE[day] + 0.2).toFixed(1)}`,
        ok: value <= TABLE[day] + 0.2,
      };
    }),
  );
  const held = coverageOf(trials);
  const band: Figure = {
    name: `forecast: NN5 80 % band, % held of ${trials.length}`,
    value: held.toFixed(1),
    reference: '80.0',
    ratio: (held / 80).toFixed(3),
    goal: '76 to 85',
    ok: held >= 76 && held <= 85,
  };
  return [...errors, band];
}

function alertFigures(): readonly Figure[] {
  const { chance, runRate } = scoreRules();
  const line = (
    name: string,
    of: (score: RuleScore) => number,
    goal: readonly [text: string, ok: (value: number) => boolean],
  ): Figure => ({
    name: `forecast: NN5 alert rule, ${name}, against run rate`,
    value: of(chance).toFixed(2),
    reference: of(runRate).toFixed(2),
    ratio: (of(chance) / of(runRate)).toFixed(2),
    goal: goal[0],
    ok: goal[1](of(chance)),
  });
  return [
    line('precision %', ({ hits, alerted }) => (100 * hits) / alerted, ['>= 80', (v) => v >= 80]),
    line('recall %', ({ hits, overruns }) => (100 * hits) / overruns, ['>= 94', (v) => v >= 94]),
    line('state changes a month', ({ changes, months }) => changes / months, [
      '<= 0.7',
      (v) => v <= 0.7,
    ]),
  ];
}
