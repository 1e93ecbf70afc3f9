import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { Rendered, RenderInput } from './renderer.ts';
import { renderTap } from './tap.ts';
import { renderTerminal } from './terminal.ts';

/** Lists the formats of a report. */
export const RENDERERS = {
  json: renderJson,
  junit: renderJunit,
  markdown: renderMarkdown,
  tap: renderTap,
  terminal: renderTerminal,
} as const satisfies Record<string, (input: RenderInput) => Rendered>;
export type ReportFormat = keyof typeof RENDERERS;
