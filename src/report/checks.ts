import type { ReviewBundle } from '../evidence/index.ts';

/** One check of a review as machines read it: ids and codes only. */
export interface Check {
  readonly group: string;
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
}

const VERDICTS = { ok: 'pass', breached: 'fail', inconclusive: 'inconclusive' } as const;
const ASSERTED = {
  pass: 'pass',
  fail: 'fail',
  pending: 'inconclusive',
  'not-run': 'inconclusive',
} as const;

/** Lists every check of a review in the order in which it ran, the review itself last. */
export function checksOf(bundle: ReviewBundle): readonly Check[] {
  const review = bundle.review.body;
  return [
    ...bundle.documents.map(({ body }) => ({ ...body, group: 'document', name: body.document })),
    ...bundle.metrics.map(({ body }) => ({ ...body, group: 'metric', name: body.metric })),
    ...bundle.budgets.map(({ body }) => ({
      ...body,
      group: 'budget',
      name: `${body.budget} ${body.period.start}`,
      outcome: VERDICTS[body.verdict],
    })),
    ...bundle.smoke.map(({ body }) => ({ ...body, group: 'smoke', name: body.smoke })),
    ...bundle.usageLinks.map(({ body }) => ({
      ...body,
      group: 'usage-link',
      name: `${body.export} ${body.smoke}`,
    })),
    ...bundle.guards.map(({ body }) => ({ ...body, group: 'guard', name: body.guard })),
    ...review.held.map(({ assumption }) => ({
      group: 'assumption',
      name: assumption,
      outcome: 'inconclusive' as const,
      reasons: ['assumption-held'],
      missing: [],
    })),
    ...minimumAssertions(bundle),
    {
      ...review,
      group: 'review',
      name: review.review,
      outcome: review.outcome === 'paused' ? 'inconclusive' : review.outcome,
      reasons: review.outcome === 'paused' ? ['paused', ...review.reasons] : review.reasons,
    },
  ];
}

/** Names the four minimum assertions as the request words them (design: article.txt). */
export const ASSERTIONS = [
  {
    id: 'pattern-documented',
    field: 'patternDocumented',
    text: 'The selected request pattern still exists in the current documentation.',
  },
  {
    id: 'happy-traceable',
    field: 'happyTraceable',
    text: 'The happy path produced a traceable operator record.',
  },
  {
    id: 'error-safe',
    field: 'errorSafe',
    text: 'The error path failed safely and leaked nothing into the log.',
  },
  {
    id: 'usage-connected',
    field: 'usageConnected',
    text: 'The budget owner can connect the test to an internal usage record.',
  },
] as const;

function minimumAssertions({ review }: ReviewBundle): readonly Check[] {
  return ASSERTIONS.map(({ id, field }) => {
    const state = review.body.assertions[field];
    const isAnswer = state === 'pass' || state === 'fail';
    return {
      group: 'assertion',
      name: id,
      outcome: ASSERTED[state],
      reasons: isAnswer ? [] : [state],
      missing: [],
    };
  });
}
