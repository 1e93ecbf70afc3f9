import type { AdapterFacts } from '../../plan/index.ts';
import type { Adapter } from './adapter.ts';
import { cometapiQuota } from './cometapi-quota.ts';
import { focus } from './focus.ts';
import { newApiLog } from './new-api-log.ts';
import { openaiUsage } from './openai-usage.ts';
import { openrouterActivity } from './openrouter-activity.ts';
import { table } from './table.ts';

/** Lists every export format that can be read. Alphabetical; a new one is a file and a line here. */
export const ADAPTERS = {
  'cometapi-quota': cometapiQuota,
  focus,
  'new-api-log': newApiLog,
  'openai-usage': openaiUsage,
  'openrouter-activity': openrouterActivity,
  table,
} as const satisfies Record<string, Adapter>;

/** Says what each adapter's exports can support; reading it loads no engine. */
export const ADAPTER_FACTS: readonly AdapterFacts[] = Object.values(ADAPTERS).map(
  (adapter) => adapter.facts,
);

/** Finds an adapter by the id that a plan names. */
export function adapterById(id: string): Adapter | undefined {
  return Object.values<Adapter>(ADAPTERS).find((adapter) => adapter.id === id);
}
