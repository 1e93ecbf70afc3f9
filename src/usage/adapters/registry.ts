// A registry imports every entry; the limit is for files that do work.
/* oxlint-disable import/max-dependencies */
import type { AdapterFacts } from '../../plan/index.ts';
import type { Adapter } from './adapter.ts';
import { anthropicClaudeCode } from './anthropic-claude-code.ts';
import { anthropicUsage } from './anthropic-usage.ts';
import { claudeCodeSessions } from './claude-code-sessions.ts';
import { codexSessions } from './codex-sessions.ts';
import { cometapiQuota } from './cometapi-quota.ts';
import { cursorUsage } from './cursor-usage.ts';
import { focus } from './focus.ts';
import { langfuseObservations } from './langfuse-observations.ts';
import { litellmActivity } from './litellm-activity.ts';
import { litellmFocus } from './litellm-focus.ts';
import { litellmSpendLogs } from './litellm-spend-logs.ts';
import { newApiLog } from './new-api-log.ts';
import { oneApiLog } from './one-api-log.ts';
import { openaiUsage } from './openai-usage.ts';
import { openrouterActivity } from './openrouter-activity.ts';
import { openrouterAnalytics } from './openrouter-analytics.ts';
import { openrouterDaily } from './openrouter-daily.ts';
import { otelGenai } from './otel-genai.ts';
import { table } from './table.ts';

/** Lists every export format that can be read. Alphabetical; a new one is a file and a line here. */
export const ADAPTERS = {
  'anthropic-claude-code': anthropicClaudeCode,
  'anthropic-usage': anthropicUsage,
  'claude-code-sessions': claudeCodeSessions,
  'codex-sessions': codexSessions,
  'cometapi-quota': cometapiQuota,
  'cursor-usage': cursorUsage,
  focus,
  'langfuse-observations': langfuseObservations,
  'litellm-activity': litellmActivity,
  'litellm-focus': litellmFocus,
  'litellm-spend-logs': litellmSpendLogs,
  'new-api-log': newApiLog,
  'one-api-log': oneApiLog,
  'openai-usage': openaiUsage,
  'openrouter-activity': openrouterActivity,
  'openrouter-analytics': openrouterAnalytics,
  'openrouter-daily': openrouterDaily,
  'otel-genai': otelGenai,
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
