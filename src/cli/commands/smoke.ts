import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError, type ExitStatus, type Json, shortDigest } from '../../core/index.ts';
import type { RecordOf } from '../../evidence/index.ts';
import type { SmokeTest } from '../../plan/index.ts';
import {
  cell,
  type Cell,
  junitOf,
  reasonWords,
  shown,
  smokeChecks,
  tapOf,
} from '../../report/index.ts';
import {
  attestSmokeUsage,
  latestDocumentChecks,
  orderOf,
  patternStateOf,
  runSmokeTest,
  unknownName,
  type Workspace,
  writeWhole,
} from '../../review/index.ts';
import { fixtureDigest, pinFixture, planSmoke } from '../../verify/index.ts';
import { withWorkspace } from '../call.ts';
import { inTableFormats } from '../formats.ts';
import { referenceOf, smokePlanText } from '../show/smoke-plan.ts';
import type { Act, CommandDefinition } from '../command.ts';
import type { Call, CommandResult } from '../world.ts';

export const smoke: CommandDefinition = {
  examples: [
    'spendproof smoke',
    'spendproof smoke list --format csv',
    'spendproof smoke plan chat-minimal',
    'spendproof smoke pin chat-minimal --by ai-platform',
    'spendproof smoke run chat-minimal',
    'spendproof smoke attest chat-minimal --by ai-platform',
  ],
  exits:
    '0 pass · 3 fail · 4 the credential is missing or malformed · 5 nothing was proved (run); the others end with 0',
  build: (command, act) => {
    command.description(
      'Smoke tests: one documented request and one deliberate error; nothing else is sent.',
    );
    command
      .command('list', { isDefault: true })
      .description('the smoke tests of the plan')
      .action(async () => await inWorkspace(act, list));
    buildOne(command, act);
  },
};

function buildOne(command: Command, act: Act): void {
  command
    .command('plan')
    .description('exactly what would be sent; sends nothing')
    .argument('<id>', 'a smoke test')
    .action(
      async (id: string) => await inWorkspace(act, async (workspace) => await plan(workspace, id)),
    );
  command
    .command('pin')
    .description('approve the fixture as it stands; writes its digest into the plan')
    .argument('<id>', 'a smoke test')
    .option('--by <role>', 'the role that approves; default: the operator')
    .action(async (id: string, options: { readonly by?: string }) => {
      await inWorkspace(
        act,
        async (workspace) => await pin(workspace, id, options.by ?? workspace.operator),
      );
    });
  command
    .command('attest')
    .description('record that a role has seen the usage of the newest run in the account')
    .argument('<id>', 'a smoke test whose plan says `usageEvidence: { by: attested }`')
    .option('--by <role>', 'the role that has seen it; default: the operator')
    .action(async (id: string, options: { readonly by?: string }) => {
      await inWorkspace(act, async (workspace) => {
        const by = options.by ?? workspace.operator;
        const { ref, body } = await attestSmokeUsage(workspace, find(workspace, id), by);
        return {
          exit: 0,
          data: { record: ref, smoke: body.smoke, export: body.export, by },
          text: `${id}: ${by} has seen its usage in the account; the weakest of the three links`,
          notes: [`Record ${ref}`],
        };
      });
    });
  command
    .command('run')
    .description('send it now and record what it proved')
    .argument('<id>', 'a smoke test')
    .action(
      async (id: string) =>
        await inWorkspace(act, async (workspace) => await runOne(workspace, id)),
    );
}

async function inWorkspace(
  act: Act,
  use: (workspace: Workspace, call: Call) => Promise<CommandResult>,
): Promise<void> {
  await act(
    async (call) => await withWorkspace(call, async (workspace) => await use(workspace, call)),
  );
}

async function list({ plan, ledger }: Workspace, call: Call): Promise<CommandResult> {
  const listed: Listed[] = [];
  for (const { id, pattern, environment, enabled, pinned } of plan.smoke) {
    const last = await ledger.latest('smoke', ({ body }) => body.smoke === id);
    const pinnedBy = pinned?.by ?? null;
    const run =
      last === undefined
        ? null
        : { record: last.ref, outcome: last.body.outcome, at: last.context.at };
    listed.push({ id, pattern, environment, enabled, pinnedBy, last: run });
  }
  return {
    ...inTableFormats(call, { columns: LISTED, rows: listed.map(listedCells) }, NO_TEST),
    exit: 0,
    data: listed.map((one): Json => ({ ...one })),
  };
}

const NO_TEST = 'The plan has no smoke test.';

interface Listed {
  readonly id: string;
  readonly pattern: string;
  readonly environment: string;
  readonly enabled: boolean;
  readonly pinnedBy: string | null;
  readonly last: { readonly record: string; readonly outcome: string; readonly at: string } | null;
}

const listedCells = (one: Listed): readonly Cell[] => [
  cell(one.id),
  cell(one.pattern),
  cell(one.environment),
  shown(String(one.enabled), one.enabled ? 'enabled' : 'not enabled'),
  shown(one.pinnedBy, one.pinnedBy === null ? 'not pinned' : `by ${one.pinnedBy}`),
  shown(one.last?.outcome ?? null, one.last?.outcome ?? 'never run'),
  cell(one.last?.at ?? null),
];

const LISTED = (
  [
    ['smoke', 'Smoke test'],
    ['pattern', 'Pattern'],
    ['environment', 'Environment'],
    ['enabled', 'State'],
    ['pinned', 'Pinned'],
    ['outcome', 'Last outcome'],
    ['at', 'At'],
  ] as const
).map(([key, title]) => ({ key, title, align: 'left' as const }));

async function plan(workspace: Workspace, id: string): Promise<CommandResult> {
  const test = find(workspace, id);
  const checks = await latestDocumentChecks(workspace);
  const found = planSmoke(
    await orderOf(workspace, test, patternStateOf(test, checks)),
    workspace.ports.env,
  );
  return {
    exit: 0,
    data: JSON.parse(JSON.stringify(found)) as Json,
    text: smokePlanText(found, test.request.body?.fixture),
  };
}

async function pin(workspace: Workspace, id: string, by: string): Promise<CommandResult> {
  const test = find(workspace, id);
  const fixture = test.request.body?.fixture;
  if (fixture === undefined)
    throw new AppError('usage', { message: `Expected ${id} to have a fixture, it has none` });
  if (!workspace.plan.owners.some((owner) => owner.id === by)) {
    throw unknownName(
      'role',
      by,
      workspace.plan.owners.map((owner) => owner.id),
    );
  }
  const digest = fixtureDigest(await readFixture(join(workspace.root, fixture), fixture));
  const { path, text } = workspace.loaded;
  await writeWhole(path, pinFixture(text, id, { digest, by }));
  return {
    exit: 0,
    data: { smoke: id, fixture, digest, by },
    text: `${id}: ${by} has approved ${fixture} as ${shortDigest(digest)}…; the plan now says so`,
    notes: [
      test.enabled
        ? `Next: spendproof smoke run ${id}`
        : `Next: set enabled: true for ${id} in the plan`,
    ],
  };
}

async function runOne(workspace: Workspace, id: string): Promise<CommandResult> {
  const test = find(workspace, id);
  const patternState = patternStateOf(test, await latestDocumentChecks(workspace));
  const stored = await runSmokeTest(workspace, test, { patternState, review: null });
  if (stored === undefined) throw new RangeError('A smoke test is always recorded');
  const { happy, error, trace, traceFrom, requests, reasons, overrides } = stored.body;
  const bent = OVERRIDES.filter(([name]) => overrides?.[name] === true).map(([, words]) => words);
  const lines = [
    `happy  ${pathLine(happy, requests > 0)}  ${trace === null ? 'no trace' : `trace mac:${trace} (${traceFrom})`}`,
    `error  ${pathLine(error, requests > 1)}`,
    ...(bent.length === 0 ? [] : [`environment: ${bent.join(', ')}`]),
    `not asserted: price, discount, limits, quota, uptime, latency, model list, bill`,
    `${requests} request${requests === 1 ? '' : 's'} sent, for this pattern, environment and time${reasons.length === 0 ? '' : `: ${reasonWords(reasons)}`}`,
  ];
  return {
    exit: exitOf(stored.body),
    data: { record: stored.ref, ...stored.body } as unknown as Json,
    text: lines.join('\n'),
    formats: {
      junit: junitOf({ name: id, at: stored.context.at }, smokeChecks(stored.body)),
      tap: tapOf(smokeChecks(stored.body)),
    },
    notes: [...mendNotes(test, stored.body), `Record ${stored.ref}`],
  };
}

/** Says what to do where nothing could be sent. */
function mendNotes(
  { request, pattern }: SmokeTest,
  { happy, reasons }: RecordOf<'smoke'>,
): readonly string[] {
  const secret = referenceOf(request.auth);
  if (reasons.includes('credential-missing')) return [`The secret ${secret} gave no value.`];
  if (happy.transport === 'secret-format')
    return [
      `Expected the secret ${secret} to be 10 to 512 printable characters without a space or line break, not all alike, and not the public placeholder. Its value is shown nowhere.`,
    ];
  const isOfPage = reasons.some(
    (reason) => reason.startsWith('claim-') || reason.startsWith('document-'),
  );
  return isOfPage && happy.status === null
    ? [`The page of the pattern ${pattern} decides whether anything is sent: spendproof docs check`]
    : [];
}

function pathLine(
  { outcome, status, errorClass, transport, reasons }: RecordOf<'smoke'>['happy'],
  isSent: boolean,
): string {
  const none = isSent ? `no answer (${transport})` : 'not sent';
  const parts = [status === null ? none : `status ${status}`];
  if (errorClass !== 'none') parts.push(errorClass);
  if (reasons.length > 0) parts.push(reasonWords(reasons));
  return `${outcome.toUpperCase().padEnd(12)} ${parts.join(', ')}`;
}

const OVERRIDES = [
  ['proxy', 'a proxy is set'],
  ['tlsOff', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
  ['extraCa', 'certificates beside those of Node'],
  ['exposed', 'Node would write down what is sent (NODE_DEBUG, --inspect or their like)'],
] as const;

/** Without a credential that can be sent this command cannot start; in a review that is a gap beside others (docs/errors.md). */
function exitOf({ outcome, reasons }: RecordOf<'smoke'>): ExitStatus {
  if (reasons.some((reason) => reason.startsWith('credential-'))) return 4;
  return { pass: 0, fail: 3, inconclusive: 5 }[outcome] as ExitStatus;
}

function find({ plan: { smoke: tests } }: Workspace, id: string): SmokeTest {
  const found = tests.find((test) => test.id === id);
  if (found === undefined)
    throw unknownName(
      'smoke test',
      id,
      tests.map((test) => test.id),
    );
  return found;
}

async function readFixture(path: string, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('file-missing', {
      message: 'Expected the fixture of the smoke test, found none',
      file,
      cause: error,
    });
  }
}
