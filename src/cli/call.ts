import {
  addDays,
  type Instant,
  instantFromMs,
  instantMs,
  parseInstant,
  parsePlainDate,
  startOfDate,
} from '../core/index.ts';
import { openWorkspace, type Workspace } from '../review/index.ts';
import type { Call } from './world.ts';

/** Opens the project that a call is about, lets an action use it, and closes it. */
export async function withWorkspace<T>(
  call: Call,
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(
    { cwd: call.cwd, config: call.global.config, operator: call.global.operator },
    call.ports,
  );
  try {
    return await use(workspace);
  } finally {
    await workspace.ledger.close();
  }
}

/** Reads `--as-of`: an instant, or a date that then counts whole in the zone. */
export function asOfInstant(call: Call, zone: string): Instant | undefined {
  const { asOf } = call.global;
  if (asOf === undefined) return undefined;
  const date = parsePlainDate(asOf);
  return date === undefined
    ? parseInstant(asOf)
    : instantFromMs(instantMs(startOfDate(addDays(date, 1), zone)) - 1000);
}
