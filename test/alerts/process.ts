import { createInterface } from 'node:readline';
import { buildPorts } from '../../src/cli/ports.ts';
import { type Instant, instantMs, type Ports } from '../../src/core/index.ts';
import { answerAlert, openAlerts, openWorkspace, type Workspace } from '../../src/review/index.ts';
import { coveredPeriod } from '../../src/review/covered-period.ts';
import type { ReviewRun } from '../../src/review/run.ts';
import { checkBudgets } from '../../src/review/steps/budgets.ts';
import { openUsage, type UsageFound } from '../../src/review/steps/usage.ts';
import { ACK_WITHIN_MS, type Asked } from './asked.ts';
import { aggregateOf, spendKnown, spendOf } from './days.ts';

/**
 * One of several processes that look at one project: it judges with the review's own step, on the real ledger, and sends over
 * the real network. It is told what to look at line by line, and may be killed at any time.
 */
const [folder = '', home = '', seed = '1', days = '1'] = process.argv.slice(2);
const spend = spendOf(Number(seed), Number(days));
const mute = { write: () => {}, isTerminal: false, width: undefined };
let asked: Asked | undefined;
let isSending = false;

const real = buildPorts(
  { cwd: folder, env: { ...process.env, SPENDPROOF_HOME: home }, stdout: mute, stderr: mute },
  true,
);
const ports: Ports = {
  ...real,
  clock: { now: () => nowOf(), ms: () => instantMs(nowOf()) },
  secrets: {
    read: async (ref) => {
      // An address is read after the claim and before the first byte leaves: nothing cleans up after this.
      if (asked?.fault === 'dies-after-claim') process.kill(process.pid, 'SIGKILL');
      isSending = true;
      return await real.secrets.read(ref);
    },
  },
  files: {
    ...real.files,
    writeNew: async (...file) => {
      // What is written next after a sending is the record of it.
      if (isSending && asked?.fault === 'dies-after-send') process.kill(process.pid, 'SIGKILL');
      isSending = false;
      await real.files.writeNew(...file);
    },
  },
};

function nowOf(): Instant {
  if (asked === undefined) throw new RangeError('nothing was asked');
  return asked.now;
}

async function look(workspace: Workspace, one: Asked): Promise<void> {
  if (one.acknowledges) {
    for (const { alert, since } of await openAlerts(workspace)) {
      const age = instantMs(one.now) - instantMs(since);
      if (age < ACK_WITHIN_MS) await answerAlert(workspace, alert, {});
    }
  }
  const run: ReviewRun = {
    workspace,
    id: '2026-W01',
    attempt: '01J00000000000000000000000',
    request: { trigger: 'cadence', ref: null, asOf: undefined },
    period: coveredPeriod(workspace.plan, one.now),
    now: one.now,
    parts: [],
    unfinished: undefined,
  };
  await checkBudgets(run, usageOf(one), []);
}

function usageOf(one: Asked): UsageFound {
  const known = spendKnown(spend, one.corrections);
  return {
    // Nobody asks the store itself: the answers are made from the days.
    store,
    aggregate: (_, period) => Promise.resolve(aggregateOf(period, known, one)),
    imported: new Set(['quota']),
    gaps: [],
    unsupported: new Set(),
    coverage: { expected: 0, present: 0, missing: [], completeThrough: null },
    table: { imports: 0, asOf: one.now },
  };
}

asked = { now: '2026-01-01T00:00:00Z' as Instant, delivered: 0, corrections: [], fault: 'none' };
const workspace = await openWorkspace(
  { cwd: folder, config: undefined, operator: undefined },
  ports,
);
const store = await openUsage(workspace);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  asked = JSON.parse(line) as Asked;
  await look(workspace, asked);
  process.stdout.write('done\n');
}
await store.close();
await workspace.ledger.close();
