import type { Plan } from '../plan/index.ts';
import type { ReviewBundle } from '../evidence/index.ts';
import { yamlScalar } from './encode.ts';
import { dayOf } from './words.ts';

/** Says what a log record never holds, as codes. */
const NOTES = ['no-credentials', 'no-full-prompts', 'no-full-responses'] as const;

const NOT_RUN = 'not-run';

/**
 * Writes the sanitized log record, field for field as the request of 2026-06-14 has it (design: article.txt), as YAML.
 *
 * Every value is a date, a role, an id, an address of the plan or a code; `not-run` stands where nothing ran.
 */
export function logRecord(bundle: ReviewBundle, plan: Plan): string {
  const { context, body } = bundle.review;
  const smoke = bundle.smoke.map((record) => record.body);
  const lines = [
    `review_date: ${dayOf(context.at, plan.timezone)}`,
    `operator: ${yamlScalar(context.operator)}`,
    ...listLines('source_urls_checked', sourceUrls(bundle, plan)),
    `request_pattern_checked: ${codes(smoke.map(({ pattern }) => pattern))}`,
    `test_environment: ${codes(smoke.map(({ environment }) => environment))}`,
    `happy_path_result: ${codes(smoke.map(({ happy }) => happy.outcome))}`,
    `error_path_result: ${codes(smoke.map(({ error }) => error.outcome))}`,
    `trace_marker: ${codes(smoke.map(({ trace }) => (trace === null ? 'none' : 'redacted')))}`,
    `usage_evidence_location: ${codes(usageEvidence(bundle))}`,
    `budget_owner_notified: ${body.notified.length === 0 ? 'none' : codes(body.notified)}`,
    `next_action: ${body.nextAction}`,
    ...listLines('notes', NOTES),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The addresses that were read for this review; an attested document has none. */
const sourceUrls = ({ documents }: ReviewBundle, plan: Plan): readonly string[] =>
  plan.documents.flatMap(({ id, url }) =>
    url !== undefined && documents.some(({ body }) => body.document === id) ? [url] : [],
  );

const usageEvidence = ({ usageLinks }: ReviewBundle): readonly string[] =>
  usageLinks.map(({ body }) =>
    body.outcome === 'pass' ? `export:${body.export}` : (body.reasons[0] ?? body.outcome),
  );

/** One code, or several as a list on the line; `not-run` for none. */
function codes(values: readonly string[]): string {
  const unique = [...new Set(values)];
  if (unique.length <= 1) return yamlScalar(unique[0] ?? NOT_RUN);
  return `[${unique.map(yamlScalar).join(', ')}]`;
}

const listLines = (key: string, values: readonly string[]): readonly string[] =>
  values.length === 0
    ? [`${key}: []`]
    : [`${key}:`, ...values.map((value) => `  - ${yamlScalar(value)}`)];
