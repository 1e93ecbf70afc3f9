import type { Plan } from '../plan/index.ts';
import type { ReviewBundle } from '../evidence/index.ts';
import { RENDERERS, type ReportFormat } from './registry.ts';
import type { Rendered, RenderOptions } from './renderer.ts';

/**
 * Renders a review from its records and the plan it ran under; the same records give the same bytes.
 *
 * @example
 * renderReview('markdown', bundle, plan).text
 */
export const renderReview = (
  format: ReportFormat,
  bundle: ReviewBundle,
  plan: Plan,
  options: RenderOptions = {},
): Rendered => RENDERERS[format]({ bundle, plan, options });
