import type { z } from 'zod';
import type { Metric } from '../schema/metrics.ts';

/** Lists the unit metrics that a plan may ask for by name; a long form with the same id replaces one. */
export const METRIC_PRESETS: Readonly<Record<string, Omit<z.input<typeof Metric>, 'id'>>> = {
  'cost-per-1k-requests': {
    question: 'Does a request get dearer?',
    denominator: { count: 'requests' },
    scale: 1000,
  },
  'cost-per-1m-tokens': {
    question: 'Does a token get dearer?',
    denominator: { count: 'tokens' },
    scale: 1_000_000,
  },
  'cost-per-request': {
    question: 'Does a request get dearer?',
    denominator: { count: 'requests' },
  },
  'cost-per-seat': {
    question: 'What does an active seat cost?',
    kind: 'business',
    denominator: { count: 'seats' },
  },
  'cost-per-token': { question: 'Does a token get dearer?', denominator: { count: 'tokens' } },
  'cost-per-workload': {
    question: 'What does a workload cost?',
    denominator: { count: 'workloads' },
  },
};
