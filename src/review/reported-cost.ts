import { costMeasure } from '../metrics/index.ts';
import type { MeasureId, Plan } from '../plan/index.ts';

/** Gives the basis of cost that a whole plan is looked at in: that of its first budget. */
export const reportedCost = ({ budgets }: Pick<Plan, 'budgets'>): MeasureId =>
  costMeasure(budgets[0]?.cost.basis ?? 'charged');
