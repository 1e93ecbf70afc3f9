import { Plan } from './schema/plan.ts';

/** Reads an expanded plan that was kept as JSON; `undefined` for anything else, such as the form of another release. */
export function parseExpandedPlan(value: unknown): Plan | undefined {
  const parsed = Plan.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
