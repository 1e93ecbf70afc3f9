import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, dateIn, type Instant, periodAt, sha256 } from '../../core/index.ts';
import { exampleRows } from './usage-rows.ts';

interface Options {
  /** `127.0.0.1:PORT` of the example provider. */
  readonly host: string;
  readonly now: Instant;
  /** The environment variable that holds the test credential. */
  readonly keyVariable: string;
}

const FIXTURE = `${JSON.stringify(
  {
    model: 'example-small',
    messages: [{ role: 'user', content: 'Reply with ok.' }],
    max_tokens: 16,
  },
  null,
  2,
)}\n`;

/**
 * Writes the example team's files into a folder and gives the text of its plan.
 *
 * @throws {AppError} `plan-exists` when there is a plan already.
 */
export async function writeExampleProject(folder: string, options: Options): Promise<string> {
  const { csv, quota, spend } = exampleRows(options.now);
  const month = periodAt('month', options.now, 'UTC');
  const plan = planText(options, budgetFor(spend(dateIn(month.start, 'UTC'))));
  const files: readonly (readonly [string, string])[] = [
    ['spendproof.yaml', plan],
    ['exports/app/requests.csv', csv],
    ['exports/quota/quota.json', quota],
    ['exports/staging/requests.jsonl', ''],
    ['smoke/minimal-chat.json', FIXTURE],
  ];
  for (const [name, text] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(path, text, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new AppError('plan-exists', {
        message: 'Expected a new or empty folder for the demo',
        file: path,
        hint: 'Name another folder with --dir.',
        cause: error,
      });
    }
  }
  return plan;
}

/** Sets the example's budget so that, whatever day it is, a little more than half of it is spent. */
function budgetFor(micros: number): string {
  const cents = Math.max(1000, Math.ceil(micros / 10_000 / 0.58));
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

const APPROVED = (date: string, purpose: string): string =>
  `{ by: finops, date: ${date}, for: [${purpose}] }`;

function planText({ host, now, keyVariable }: Options, amount: string): string {
  const today = dateIn(now, 'UTC');
  return `# The example team's plan, written by \`spendproof demo\`. Everything in it is on this machine.
version: 1
team: example-team
timezone: UTC
currency: USD
owner: finops
notify: { file: outbox }
network: { loopback: ["${host}"] }

providers:
  - { id: example, host: "${host}", errors: { envelope: /error, requestIdIn: message }, support: support-path }

documents:
  - id: example-pricing
    url: http://${host}/pricing
    purpose: Verify how a charge is computed
    mustContain: [pricing]
    claims:
      - { id: pricing-page-exists, kind: heading, text: About pricing }
  - id: example-help
    url: http://${host}/help
    purpose: Verify where questions go
    claims:
      - id: support-path
        kind: heading
        text: Help Center
        area: Support path
        verify: Where billing or usage questions go when the evidence is unclear
        wording: Route unclear billing or usage questions through the current help resources.
  - id: example-reference
    url: http://${host}/
    purpose: Verify the documented request pattern that the smoke test uses
    claims:
      - { id: chat-completions, kind: endpoint, method: POST, path: /v1/chat/completions }

assumptions:
  - { id: charge-rule, cites: [example-pricing] }

exports:
  - id: app-log
    adapter: table
    path: exports/app/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, workload, seat, in, out, total, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, workload: workload, userRef: seat }
      tokens: { input: in, output: out, total: total }
      cost: { field: usd, unit: USD, basis: charged }
    approved: ${APPROVED(today, 'budget-review')}
  - id: account-quota
    adapter: cometapi-quota
    path: exports/quota/*.json
    approved: ${APPROVED(today, 'budget-review, reconcile')}
  - id: staging-log
    adapter: table
    path: exports/staging/*.jsonl
    environment: staging
    zone: UTC
    table:
      format: { kind: jsonl }
      key: [request]
      columns: { startAt: { field: time, unit: s }, requestRef: request, keyRef: key, modelRequested: model }
      tokens: { input: input, output: output, total: total }
    approved: ${APPROVED(today, 'smoke-evidence')}

reconcile:
  - { id: one-bill, of: [app-log, account-quota] }

workloads: [support-bot, search, batch-summaries]

metrics:
  - cost-per-1k-requests
  - cost-per-1m-tokens

budgets:
  - { id: monthly, title: All AI usage, amount: "${amount}", at: [0.5, 0.8, 1.0] }

smoke:
  - id: chat-minimal
    provider: example
    pattern: chat-completions
    environment: staging
    enabled: true
    request:
      method: POST
      path: /v1/chat/completions
      auth: { scheme: bearer, secret: { env: ${keyVariable} } }
      body: { fixture: smoke/minimal-chat.json }
    pinned: { sha256: ${sha256(FIXTURE).slice('sha256:'.length)}, by: finops }
    happy:
      at:
        - { pointer: /id, type: string }
        - { pointer: /model, is: requested }
        - { pointer: /usage/total_tokens, type: integer, min: 1 }
      trace: { from: ["header:x-request-id", "pointer:/id"] }
    error:
      change: { auth: placeholder }
      status: [401, 403]
      route: { "401": finops }
    usageEvidence: { export: staging-log, by: trace, mustMatch: [model] }
    claims: [pattern-exists, request-completed, trace-present, usage-fields-present, error-classified]
`;
}
