import type { RecordOf } from '../../evidence/index.ts';
import { countOf, percent } from '../numbers.ts';
import { metricMoved } from '../tables.ts';
import { heldWords, reasonWords } from '../words.ts';
import type { AgendaItem, WeeklyPage } from './page.ts';

/** What the agenda is made of: the page before it has one, and the roles of the plan. */
export interface AgendaFacts extends Omit<WeeklyPage, 'agenda'> {
  readonly owners: {
    readonly plan: string;
    readonly budget: (id: string) => string;
    readonly document: (id: string) => string;
    readonly smoke: (id: string) => string;
  };
  /** Days far from what their weekday usually brings, in words. */
  readonly anomalies: readonly string[];
}

const ORDER = ['act', 'look', 'note'] as const;
/** FinOps forecast targets are 12 to 20 %: beyond, a week is long to wait for the next look. */
const ERROR_MAX = 0.2;

/** Lists what a review has to talk about, weightiest first; each item with its owner and the command that shows more. */
export function agendaOf(facts: AgendaFacts): readonly AgendaItem[] {
  const items = [
    ...facts.budgets.flatMap((body) => budgetItems(body, facts)),
    ...facts.alerts.flatMap((line) => alertItems(line, facts)),
    ...facts.documents.flatMap((body) => documentItems(body, facts)),
    ...facts.smoke.flatMap((body) => smokeItems(body, facts)),
    ...holdItems(facts),
    ...facts.metrics.flatMap((body) => metricItems(body, facts)),
    ...usageItems(facts),
    ...cadenceItems(facts),
  ];
  return ORDER.flatMap((weight) => items.filter((item) => item.weight === weight));
}

function budgetItems(
  body: RecordOf<'budget-verdict'>,
  { budgetTitles, owners }: AgendaFacts,
): readonly AgendaItem[] {
  const title = budgetTitles[body.budget] ?? body.budget;
  const owner = owners.budget(body.budget);
  const command = `spendproof budget explain ${body.budget}`;
  const share = body.share === null ? 'an unknown share' : percent(body.share);
  const why = reasonWords(body.reasons);
  if (body.verdict === 'breached') {
    return [{ weight: 'act', what: `${title}: ${share} of the amount is spent`, owner, command }];
  }
  if (body.verdict === 'inconclusive') {
    return [{ weight: 'act', what: `${title} cannot be judged: ${why}`, owner, command }];
  }
  const crossed = body.rules.filter(({ state }) => state === 'crossed').map(({ rule }) => rule);
  if (crossed.length === 0) return [];
  return [
    {
      weight: 'look',
      what: `${title}: ${share} spent, crossed ${crossed.join(', ')}${why === '' ? '' : `; ${why}`}`,
      owner,
      command,
    },
  ];
}

function alertItems(
  line: AgendaFacts['alerts'][number],
  { budgetTitles }: AgendaFacts,
): readonly AgendaItem[] {
  const { alert, failed, owner, rules, severity } = line;
  const title = budgetTitles[line.budget] ?? line.budget;
  const lost: readonly AgendaItem[] =
    failed.length === 0
      ? []
      : [
          {
            weight: 'act',
            what: `${title}: a notice did not arrive by ${failed.join(', ')}`,
            owner,
            command: 'spendproof notify outbox',
          },
        ];
  const isOpen = line.acknowledgedAt === null && line.resolvedAt === null;
  if (!isOpen || line.severity === 'info') return lost;
  const id = alert.replace('sha256:', '').slice(0, 12);
  return [
    ...lost,
    {
      weight: 'act',
      what: `${title}: nobody has acknowledged the ${severity} alert of ${line.at} (${rules.join(', ')})`,
      owner,
      command: `spendproof budget ack ${id}`,
    },
  ];
}

function documentItems(
  body: RecordOf<'document-check'>,
  { owners }: AgendaFacts,
): readonly AgendaItem[] {
  const id = body.document;
  const owner = owners.document(id);
  if (body.state === 'changed' || body.state === 'gone' || body.reasons.includes('claim-broken')) {
    const what = `Document ${id} is ${body.state}: ${reasonWords(body.reasons)}`;
    return [{ weight: 'act', what, owner, command: `spendproof docs diff ${id}` }];
  }
  if (body.state === 'new') {
    const what = `Document ${id} has not been read and accepted by anybody`;
    return [{ weight: 'look', what, owner, command: `spendproof docs accept ${id}` }];
  }
  if (body.outcome === 'pass') return [];
  const what = `Document ${id}: ${reasonWords(body.reasons)}`;
  return [{ weight: 'look', what, owner, command: `spendproof docs check ${id}` }];
}

function smokeItems(body: RecordOf<'smoke'>, { owners }: AgendaFacts): readonly AgendaItem[] {
  if (body.outcome === 'pass') return [];
  return [
    {
      weight: body.outcome === 'fail' ? 'act' : 'look',
      what: `Smoke test ${body.smoke} ${body.outcome}: ${reasonWords(body.reasons)}`,
      owner: owners.smoke(body.smoke),
      command: `spendproof smoke plan ${body.smoke}`,
    },
  ];
}

const holdItems = ({ review, owners }: AgendaFacts): readonly AgendaItem[] =>
  review.body.held.map((held) => ({
    weight: 'act',
    what: `Assumption ${heldWords([held])}`,
    owner: owners.plan,
    command: `spendproof resume ${held.assumption} --because CODE`,
  }));

function metricItems(body: RecordOf<'metric'>, { owners }: AgendaFacts): readonly AgendaItem[] {
  if (body.outcome === 'pass') return [];
  const change = body.change === null ? '' : ` (${metricMoved(body)})`;
  const why = body.reasons.length === 0 ? '' : `: ${reasonWords(body.reasons)}`;
  return [
    {
      weight: 'look',
      what: `Metric ${body.metric} ${body.outcome}${change}${why}`,
      owner: owners.plan,
      command: `spendproof metrics ${body.metric}`,
    },
  ];
}

function usageItems({ review, anomalies, owners }: AgendaFacts): readonly AgendaItem[] {
  const { missing } = review.body.usage.coverage;
  const more = Math.max(0, missing.length - 5);
  const command = 'spendproof usage list';
  const gap: readonly AgendaItem[] =
    missing.length === 0
      ? []
      : [
          {
            weight: 'look',
            what: `No usage of ${missing.slice(0, 5).join(', ')}${more === 0 ? '' : ` and ${countOf(more, 'more day')}`}`,
            owner: owners.plan,
            command,
          },
        ];
  const odd = anomalies.map((what): AgendaItem => ({
    weight: 'look',
    what,
    owner: owners.plan,
    command,
  }));
  return [...gap, ...odd];
}

/** A proposal, never a change: the floor of the cadence is the plan's. */
function cadenceItems({ missed, forecasts, alerts, owners }: AgendaFacts): readonly AgendaItem[] {
  const late = missed.map((at): AgendaItem => ({
    weight: 'look',
    what: `The review that was due at ${at} was missed`,
    owner: owners.plan,
    command: 'spendproof calendar',
  }));
  const critical = alerts.filter(({ severity }) => severity === 'critical').length;
  const far = forecasts.filter(
    ({ error }) => error !== null && Math.abs(Number(error)) > ERROR_MAX,
  );
  if (critical < 2 && far.length === 0) return late;
  const why = critical >= 2 ? `${critical} critical alerts` : 'a forecast missed by more than 20 %';
  const what = `Consider reviewing twice a week: ${why} in the last four weeks`;
  return [...late, { weight: 'note', what, owner: owners.plan, command: null }];
}
