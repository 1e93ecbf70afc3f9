import type { ReviewBundle } from '../evidence/index.ts';
import { ASSERTIONS } from './checks.ts';
import { markdownCode, markdownText, markdownUrl } from './encode.ts';
import { logRecord } from './log-record.ts';
import type { Rendered, RenderInput } from './renderer.ts';
import { effectLines, reconcileLines } from './meaning.ts';
import { notCoveredLines, subjectWords } from './subjects.ts';
import { TABLE_WRITERS } from './table.ts';
import { budgetTable, contractTable, documentTable, metricTable } from './tables.ts';
import {
  cosignedWords,
  daysWords,
  heldWords,
  nextActionWords,
  periodWords,
  reasonWords,
  reconciledWords,
} from './words.ts';

/** What no review can show, whatever its outcome (design: article.txt). */
const NOT_PROVED = [
  'It asserts no price, discount, rate limit, quota, uptime, latency, model list or bill.',
  'One request that succeeds says nothing about other request types, models or workloads.',
  '"Same" means the same text as a named role read on a date; it does not say that prices are unchanged.',
  'A budget alerts, it does not cap.',
  "It is no substitute for the account console, the contract, the invoice or the provider's documentation.",
] as const;

/** Writes a review as one page for managers and operators. */
export function renderMarkdown({ bundle, plan }: RenderInput): Rendered {
  const bodies = bundle.documents.map(({ body }) => body);
  const parts = [
    ...verdict(bundle, plan.owners),
    section('Numbers', [
      usage(bundle),
      table(metricTable(bundle.metrics.map(({ body }) => body))),
      bullets([
        ...effectLines(bundle).map(markdownText),
        ...reconcileLines(bundle).map(markdownText),
      ]),
    ]),
    section('Documents', [table(documentTable(bodies, plan))]),
    section('Budgets', [
      table(
        budgetTable(
          bundle.budgets.map(({ body }) => body),
          plan,
        ),
      ),
      bullets(alerts(bundle)),
    ]),
    section('Smoke test', [
      bullets(smoke(bundle)),
      'The four minimum assertions:',
      bullets(assertions(bundle)),
    ]),
    section('Not covered', [
      bullets(
        notCoveredLines(bundle.review.body.notCovered).map((line) => `${markdownText(line)}.`),
      ),
    ]),
    section('Sources checked', [bullets(sources({ bundle, plan, options: {} }))]),
    section('Contract details', [table(contractTable(bodies, plan))]),
    section('What this review does not prove', [
      bullets([...NOT_PROVED, reconciledWords(bundle.review.body.usage)]),
    ]),
    section('Log record', [`\`\`\`yaml\n${logRecord(bundle, plan)}\`\`\``]),
    section('Evidence', [bullets(evidence({ bundle, plan, options: {} }))]),
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return { text: `${text}\n`, mediaType: 'text/markdown; charset=utf-8' };
}

function verdict(
  { review }: ReviewBundle,
  owners: RenderInput['plan']['owners'],
): readonly string[] {
  const { body, context } = review;
  const why = reasonWords(body.reasons);
  const owner = owners.find(({ id }) => id === body.owner)?.title ?? body.owner;
  const next = `${nextActionWords(body.nextAction)} (${markdownCode(body.nextAction)})`;
  const held = heldWords(body.held);
  return [
    `# Token budget review ${markdownText(body.review)}: ${body.outcome}`,
    [
      `**${sentenceOf(body.outcome)}**${why === '' ? '' : ` Because ${markdownText(why)}.`}`,
      ...(held === '' ? [] : [`Assumptions ${markdownText(held)}.`]),
      `Next action: ${next}, owner ${markdownText(owner)} (${markdownCode(body.owner)}).`,
    ].join(' '),
    `Covers ${periodWords(body.period)} (${markdownText(body.period.zone)}). ` +
      `Recorded ${context.at} by ${markdownCode(context.operator)}.` +
      (body.missing.length === 0 ? '' : ` Missing: ${markdownText(subjectWords(body.missing))}.`),
  ];
}

const SENTENCES = {
  pass: 'All that was due could be judged, and passed.',
  fail: 'A check failed.',
  inconclusive: 'Evidence is missing; what could be judged passed.',
  paused: 'All that could be judged passed; an assumption is held.',
} as const;

const sentenceOf = (outcome: keyof typeof SENTENCES): string => SENTENCES[outcome];

/** A section with nothing in it says so. */
function section(title: string, blocks: readonly string[]): string {
  const filled = blocks.filter((block) => block !== '');
  return [`## ${title}`, ...(filled.length === 0 ? ['None.'] : filled)].join('\n\n');
}

const table = (content: Parameters<typeof TABLE_WRITERS.markdown>[0]): string =>
  content.rows.length === 0 ? '' : TABLE_WRITERS.markdown(content).trimEnd();

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

function usage({ review, imports }: ReviewBundle): string {
  const { coverage, reconciled: state, reconciledOn } = review.body.usage;
  const through = coverage.completeThrough;
  const missing = coverage.missing.length === 0 ? '' : `; missing ${coverage.missing.join(', ')}`;
  const exports = [...new Set(imports.map(({ body }) => body.export))].map(markdownCode);
  const facts = [
    `Usage: ${daysWords(coverage)}${missing}`,
    ...(through === null ? [] : [`complete through ${through}`]),
    ...(exports.length === 0 ? [] : [`imported from ${exports.join(', ')}`]),
    ...(state === 'never' ? ['never reconciled with an invoice'] : []),
    ...(reconciledOn === undefined ? [] : [`reconciled with an invoice on ${reconciledOn}`]),
  ];
  return `${facts.join(', ')}.`;
}

function alerts({ alerts: fired, deliveries }: ReviewBundle): readonly string[] {
  return fired.map(({ body }) => {
    const sent = deliveries
      .filter((delivery) => delivery.body.alert === body.alert)
      .map(({ body: { channel, outcome } }) => `${outcome} by ${markdownCode(channel)}`);
    const held = heldWords(body.held);
    return (
      `Alert (${body.severity}): ${markdownCode(body.budget)} crossed ${body.rules.map(markdownCode).join(', ')}` +
      `${held === '' ? '' : `, ${markdownText(held)}`}; to ${markdownCode(body.owner)}, ` +
      `${sent.length === 0 ? 'not sent' : sent.join(', ')}.`
    );
  });
}

function smoke(bundle: ReviewBundle): readonly string[] {
  if (bundle.smoke.length === 0) return ['No request was sent.'];
  return bundle.smoke.map(({ ref, body }) => {
    const links = bundle.usageLinks
      .filter((link) => link.body.smoke === ref)
      .map((link) => `usage link ${link.body.outcome}`);
    const why = reasonWords(body.reasons);
    const paths = [
      `happy path ${body.happy.outcome}`,
      `error path ${body.error.outcome}`,
      ...links,
    ];
    return (
      `${markdownCode(body.smoke)} in ${markdownCode(body.environment)}: ${paths.join(', ')}; ` +
      `trace marker ${body.trace === null ? 'none' : 'kept, redacted'}` +
      `${why === '' ? '' : ` (${markdownText(why)})`}.`
    );
  });
}

const assertions = ({ review }: ReviewBundle): readonly string[] =>
  ASSERTIONS.map(
    ({ id, field, text }) => `${markdownCode(id)} **${review.body.assertions[field]}**: ${text}`,
  );

function sources({ bundle, plan }: RenderInput): readonly string[] {
  return plan.documents.map(({ id, url, purpose }) => {
    const check = bundle.documents.find(({ body }) => body.document === id)?.body;
    const where = url === undefined ? 'own account' : markdownUrl(url);
    const when = check === undefined ? 'not accessed' : `accessed ${check.accessedAt.slice(0, 10)}`;
    return `${markdownCode(id)} ${where} - ${when}; purpose: ${markdownText(purpose)}.`;
  });
}

function evidence({ bundle, plan }: RenderInput): readonly string[] {
  const { review } = bundle;
  const { loopback } = plan.network;
  return [
    `Record ${markdownCode(review.ref)}, entry ${review.index} of its ledger.`,
    `Verify it: ${markdownCode('spendproof ledger verify')}; plan ${markdownCode(review.context.plan ?? 'none')}, release ${markdownCode(review.context.tool)}.`,
    cosignedWords(bundle, markdownCode),
    ...(loopback.length === 0
      ? []
      : [`This plan allows plain HTTP to this machine: ${loopback.map(markdownCode).join(', ')}.`]),
  ];
}
