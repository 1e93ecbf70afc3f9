import { digestHex, terminalText } from '../core/index.ts';
import type { ReviewBundle } from '../evidence/index.ts';
import { effectLines, reconcileLines } from './meaning.ts';
import { forecastWords } from './forecast-words.ts';
import { moneyOrUnknown, percent } from './numbers.ts';
import type { Rendered, RenderInput } from './renderer.ts';
import { metricMoved, spendWords, valueWords } from './tables.ts';
import { notCoveredLines, subjectWords } from './subjects.ts';
import { dayOf, daysWords, heldWords, nextActionWords, periodWords, reasonWords } from './words.ts';
import { wrapWords } from './wrap.ts';

type Line = readonly [label: string, text: string];

const LABEL_WIDTH = 13;

/** Writes a review as the dozen lines a person reads after a run. */
export function renderTerminal({ bundle, plan, options }: RenderInput): Rendered {
  const { body } = bundle.review;
  const why = reasonWords(body.reasons);
  const outcome = colored(body.outcome, body.outcome.toUpperCase(), options.color ?? false);
  const head = `Review ${body.review}  ${outcome}${why === '' ? '' : `  ${why}`}`;
  const { loopback } = plan.network;
  const lines: readonly Line[] = [
    ['covers', `${periodWords(body.period)} (${body.period.zone})`],
    ...each('missing', [subjectWords(body.missing)]),
    ['documents', documents(bundle)],
    ['usage', usage(bundle)],
    ...each('reconcile', reconcileLines(bundle)),
    ...each('metrics', metrics(bundle)),
    ...each('change', effectLines(bundle)),
    ...each('budgets', budgets(bundle)),
    ...each('alerts', alerts(bundle)),
    ...each('smoke', smoke(bundle)),
    ...each(
      'held',
      body.held.map(({ assumption, since }) => `${assumption} since ${since}`),
    ),
    ...each('not covered', notCoveredLines(body.notCovered)),
    ...each('loopback', [
      loopback.length === 0 ? '' : `plain HTTP allowed at ${loopback.join(', ')}`,
    ]),
    ['next', `${nextActionWords(body.nextAction)} (${body.nextAction}), owner ${body.owner}`],
    ['record', `${digestHex(bundle.review.ref).slice(0, 16)}  check it: spendproof ledger verify`],
    ['note', 'A budget alerts, it does not cap.'],
  ];
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const text = lines.flatMap((line) => laidOut(line, width)).map((line) => `${line}\n`);
  return { text: `${head}\n${text.join('')}`, mediaType: 'text/plain; charset=utf-8' };
}

/** Labels the first of several lines; nothing to say makes no line. */
const each = (label: string, texts: readonly string[]): readonly Line[] =>
  texts.filter((text) => text !== '').map((text, index) => [index === 0 ? label : '', text]);

const CODES: Readonly<Record<string, string>> = {
  pass: '32',
  paused: '33',
  inconclusive: '33',
  fail: '31',
};

const colored = (state: string, word: string, color: boolean): string =>
  color ? `\u001b[${CODES[state] ?? '0'}m${word}\u001b[0m` : word;

function documents({ documents }: ReviewBundle): string {
  if (documents.length === 0) return 'none checked';
  const states = ['same', 'changed', 'new', 'gone', 'unreadable'] as const;
  const parts = states.flatMap((state) => {
    const found = documents.filter(({ body }) => body.state === state);
    if (found.length === 0) return [];
    const names = found.map(({ body }) => body.document).join(', ');
    return [`${found.length} ${state}${state === 'same' ? '' : ` (${names})`}`];
  });
  const stale = documents.filter(({ body }) => !body.fresh).map(({ body }) => body.document);
  if (stale.length === 0) return parts.join(', ');
  const which = stale.length === documents.length ? 'all stale' : `stale: ${stale.join(', ')}`;
  return [...parts, which].join(', ');
}

function usage({ review }: ReviewBundle): string {
  const { coverage, reconciled, reconciledOn } = review.body.usage;
  const through = coverage.completeThrough;
  const to = through === null ? '' : `, complete through ${through}`;
  const never = reconciled === 'never' ? ', never reconciled with an invoice' : '';
  const on = reconciledOn === undefined ? '' : `, reconciled with an invoice on ${reconciledOn}`;
  return `${daysWords(coverage)}${to}${never}${on}`;
}

const metrics = ({ metrics }: ReviewBundle): readonly string[] =>
  metrics.map(({ body }) =>
    joined(
      body.metric,
      valueWords(body),
      body.change === null ? '' : metricMoved(body),
      body.outcome,
      reasonWords(body.reasons),
      heldWords(body.held),
    ),
  );

const budgets = ({ budgets }: ReviewBundle): readonly string[] =>
  budgets.map(({ body }) =>
    joined(
      `${body.budget} ${dayOf(body.period.start, body.period.zone)}`,
      `${spendWords(body)} of ${moneyOrUnknown(body.amount, body.currency)}`,
      body.share === null ? '' : percent(body.share),
      body.verdict,
      reasonWords(body.reasons.filter((reason) => reason !== 'budget-breached')),
      heldWords(body.held),
      body.forecast === null ? '' : `forecast ${forecastWords(body.forecast, body.currency)}`,
    ),
  );

const alerts = ({ alerts, deliveries }: ReviewBundle): readonly string[] =>
  alerts.map(({ body }) => {
    const sent = deliveries
      .filter((delivery) => delivery.body.alert === body.alert)
      .map((delivery) => `${delivery.body.channel} ${delivery.body.outcome}`);
    const rules = `${body.budget}: ${body.rules.join(', ')} (${body.severity})`;
    return joined(rules, `to ${body.owner}`, sent.length === 0 ? 'not sent' : sent.join(', '));
  });

const smoke = (bundle: ReviewBundle): readonly string[] =>
  bundle.smoke.map(({ ref, body }) => {
    const links = bundle.usageLinks
      .filter((link) => link.body.smoke === ref)
      .map((link) => `usage link ${link.body.outcome}`);
    const paths = [`happy ${body.happy.outcome}`, `error ${body.error.outcome}`, ...links].join(
      ', ',
    );
    return joined(body.smoke, paths, body.outcome === 'pass' ? '' : reasonWords(body.reasons));
  });

const joined = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('  ');

/** Breaks a text between words; further lines stand under its first. */
function laidOut([label, text]: Line, width: number): readonly string[] {
  const room = Math.max(20, width - LABEL_WIDTH - 2);
  return wrapWords(terminalText(text), room).map((part, index) =>
    `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${part}`.trimEnd(),
  );
}
