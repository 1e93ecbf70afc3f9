import type { RecordOf } from '../../evidence/index.ts';
import type { Plan } from '../../plan/index.ts';
import { contractTable } from '../../report/index.ts';
import { inTableFormats, tableJson } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

/** Shows the contract details to verify, in every format that a table has. */
export function showContracts(
  call: Call,
  checks: readonly RecordOf<'document-check'>[],
  plan: Plan,
): CommandResult {
  const table = contractTable(checks, plan);
  return {
    ...inTableFormats(call, table),
    exit: 0,
    data: tableJson(table),
  };
}
