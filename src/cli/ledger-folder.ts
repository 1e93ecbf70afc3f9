import { join, resolve } from 'node:path';
import { openPlan } from '../review/index.ts';
import type { Call } from './world.ts';

/** Finds the ledger of a call: the folder that was named, which needs no plan, or the one beside the plan. */
export async function ledgerFolder(call: Call, named?: string): Promise<string> {
  if (named !== undefined) return resolve(call.cwd, named);
  const options = { cwd: call.cwd, config: call.global.config, operator: undefined };
  const { folder } = await openPlan(options, call.ports);
  return join(folder, '.spendproof', 'ledger');
}
