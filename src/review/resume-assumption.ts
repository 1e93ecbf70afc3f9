import { AppError, itemAt } from '../core/index.ts';
import { isAlias, type RecordOf, RESUME_CODES, type StoredRecord } from '../evidence/index.ts';
import { currentHolds } from './steps/documents.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/**
 * Ends the hold of an assumption as a signed record, by an owner and for a reason of the closed list.
 *
 * @throws {AppError} `usage` for an unknown assumption, one that is not held, or an unknown reason.
 */
export async function resumeAssumption(
  workspace: Workspace,
  id: string,
  why: { readonly because: string; readonly caseRef: string | null },
): Promise<StoredRecord<RecordOf<'resume'>>> {
  const known = workspace.plan.assumptions.map((assumption) => assumption.id);
  if (!known.includes(id)) throw unknownName('assumption', id, known);
  const because = RESUME_CODES.find((code) => code === why.because);
  if (because === undefined) {
    throw new AppError('usage', {
      message: `Expected --because to be one of ${RESUME_CODES.join(', ')}, got ${JSON.stringify(why.because)}`,
    });
  }
  if (why.caseRef !== null && !isAlias(why.caseRef)) {
    throw new AppError('usage', {
      message: `Expected --case to be letters, digits and ._:/@+-, 96 at most, got ${JSON.stringify(why.caseRef)}`,
    });
  }
  const holds = await currentHolds(workspace);
  if (!holds.some(({ assumption }) => assumption === id)) {
    throw new AppError('usage', {
      message: `Expected ${id} to be held; it is not`,
      hint: 'Run `spendproof review show` to see what is held.',
    });
  }
  const record = itemAt(
    await workspace.record<RecordOf<'resume'>>(
      [{ kind: 'resume', assumption: id, because, by: workspace.operator, case: why.caseRef }],
      { aliases: why.caseRef === null ? [] : [why.caseRef] },
    ),
    0,
  );
  return record;
}
