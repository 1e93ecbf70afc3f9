import { checkAllocation } from './allocation-lint.ts';
import { checkBudgetFamilies } from './budget-family-lint.ts';
import { checkBudgets } from './budget-lint.ts';
import type { Finding } from './diagnostic.ts';
import { checkDocuments } from './document-lint.ts';
import { draftOf, type PlanContext } from './draft.ts';
import { checkExports } from './export-lint.ts';
import { checkReferences } from './reference-phase.ts';
import { checkSmoke } from './smoke-lint.ts';
import { checkSmokeWords } from './smoke-words-lint.ts';

/** Checks what the sections of a plan say of each other, on the raw data. */
export function checkMeaning(
  raw: Record<string, unknown>,
  context: PlanContext,
): readonly Finding[] {
  const draft = draftOf(raw, context);
  return [
    ...checkReferences(draft),
    ...checkAllocation(draft),
    ...checkDocuments(draft),
    ...checkExports(draft),
    ...checkBudgets(draft),
    ...checkBudgetFamilies(draft),
    ...checkSmoke(draft),
    ...checkSmokeWords(draft),
  ];
}
