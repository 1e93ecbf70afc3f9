import type { Json } from '../../core/index.ts';
import type { RecordOf } from '../../evidence/index.ts';
import type { Plan } from '../../plan/index.ts';
import { renderContractTable } from '../../report/index.ts';
import { inTableFormats } from '../formats.ts';
import type { CommandResult } from '../world.ts';

/** Shows the contract details to verify, in every format that a table has. */
export function showContracts(
  checks: readonly RecordOf<'document-check'>[],
  plan: Plan,
): CommandResult {
  return {
    ...inTableFormats((format) => renderContractTable(format, checks, plan)),
    exit: 0,
    data: JSON.parse(renderContractTable('json', checks, plan)) as Json,
  };
}
