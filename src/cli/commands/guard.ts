import type { Command } from 'commander';
import { AppError, type ExitStatus, type Json, shortDigest, suggest } from '../../core/index.ts';
import {
  type Finding,
  findingTable,
  reasonWords,
  renderGithub,
  renderSarif,
} from '../../report/index.ts';
import {
  acceptPlan,
  failingSignals,
  guardEnvironment,
  type Guarded,
  guardFallback,
  guardGap,
  guardHandoff,
  guardScope,
  refuseAssumptionChanges,
  type Signal,
  SIGNALS,
  type Workspace,
} from '../../review/index.ts';
import { withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

interface Options {
  readonly record: boolean;
}

export const guard: CommandDefinition = {
  examples: [
    'spendproof guard scope --base origin/main --signal document --format sarif',
    'spendproof guard gap',
    'spendproof guard environment',
    'spendproof guard fallback',
    'spendproof guard handoff',
    'spendproof guard accept-plan --by finops',
    'spendproof guard assumptions',
  ],
  exits:
    '0 pass · 3 finding · 5 evidence gap · 6 a held assumption was changed · 7 the plan or a request changed without a review',
  build: (command, act) => {
    command.description(
      'Guards against five ways in which people and agents go wrong; each is a check with a record.',
    );
    buildScope(command, act);
    buildPlain(
      command,
      act,
      'environment',
      'compare this run with the last hosted one',
      guardEnvironment,
    );
    buildPlain(
      command,
      act,
      'fallback',
      'compare plan and requests with what a role has accepted',
      guardFallback,
    );
    buildPlain(command, act, 'gap', 'name evidence that is missing or stale', guardGap);
    buildHandoff(command, act);
    buildAccept(command, act);
    buildAssumptions(command, act);
  },
};

function buildAssumptions(command: Command, act: Act): void {
  command
    .command('assumptions')
    .description(
      'refuse a change of an assumption that is held, or whose documents are not verified',
    )
    .action(async () => {
      await act(
        async (call) =>
          await withWorkspace(call, async (workspace) => {
            await refuseAssumptionChanges(workspace);
            return {
              exit: 0,
              data: { guard: 'assumptions', outcome: 'pass' },
              text: 'assumptions  pass',
            };
          }),
      );
    });
}

function buildScope(command: Command, act: Act): void {
  recording(command.command('scope'))
    .description('which files a change touches, by what the failing signal allows')
    .requiredOption('--base <rev>', 'the commit or branch that the change leaves from')
    .option(
      '--signal <signals>',
      `what failed: ${SIGNALS.join(', ')}; default: what failed in the newest review`,
    )
    .action(async (options: Options & { readonly base: string; readonly signal?: string }) => {
      const wanted = options.signal === undefined ? undefined : signalsOf(options.signal);
      await judging(act, options, async (workspace) => {
        const signals = wanted ?? (await failingSignals(workspace));
        if (signals.length === 0) {
          throw new AppError('usage', {
            message:
              'Expected a failing signal that this change is about; the newest review has none',
            hint: `Name it: --signal ${SIGNALS.join('|')}`,
          });
        }
        return await guardScope(workspace, { base: options.base, signals });
      });
    });
}

function buildPlain(
  command: Command,
  act: Act,
  name: string,
  ...[description, judge]: readonly [string, (workspace: Workspace) => Promise<Guarded>]
): void {
  recording(command.command(name))
    .description(description)
    .action(async (options: Options) => await judging(act, options, judge));
}

function buildHandoff(command: Command, act: Act): void {
  recording(command.command('handoff'))
    .description('judge the handoff of a review again, from its record')
    .argument('[id]', 'such as 2026-W47; default: the newest')
    .action(async (id: string | undefined, options: Options) => {
      await judging(act, options, async (workspace) => await guardHandoff(workspace, id));
    });
}

function buildAccept(command: Command, act: Act): void {
  command
    .command('accept-plan')
    .description(
      'record that a role has read the plan as it stands; from then on a change needs another reading',
    )
    .option('--by <role>', 'the role that has read it; default: the operator')
    .action(async (options: { readonly by?: string }) => {
      await act(
        async (call) =>
          await withWorkspace(call, async (workspace) => {
            const by = options.by ?? workspace.operator;
            const { ref, body } = await acceptPlan(workspace, by);
            return {
              exit: 0,
              data: { record: ref, file: body.file, by, from: body.from },
              text: `${by} has read the plan ${shortDigest(body.file)}…`,
              notes: ['From now on a plan that nobody has read makes a review fail.'],
            };
          }),
      );
    });
}

const recording = (command: Command): Command =>
  command.option('--no-record', 'judge only; append nothing to the ledger');

async function judging(
  act: Act,
  { record }: Options,
  judge: (workspace: Workspace) => Promise<Guarded>,
): Promise<void> {
  await act(
    async (call) =>
      await withWorkspace(call, async (workspace) => {
        const guarded = await judge(workspace);
        const [stored] = record ? await workspace.record([guarded.body]) : [];
        return resultOf(call, guarded, stored?.ref);
      }),
  );
}

function resultOf(
  call: Call,
  { result, findings, body }: Guarded,
  ref: string | undefined,
): CommandResult {
  const { guard: name, outcome, reasons, missing } = result;
  const why = [reasonWords(reasons), missing.join(', ')].filter((text) => text !== '');
  const scope = body.scope === undefined ? '' : `  (${countOfFiles(body.scope.changed)} changed)`;
  const lines = [
    `${name}  ${outcome}${scope}${why.length === 0 ? '' : `: ${why.join('; ')}`}`,
    ...findings.map(
      ({ level, file, ruleId, message }) =>
        `  ${level}  ${file === undefined ? '' : `${JSON.stringify(file)}  `}${message}  (${ruleId})`,
    ),
  ];
  const pointed = findings.map(findingOf);
  const data = { guard: name, outcome, reasons, missing, findings, record: ref ?? null };
  return {
    exit: exitOf(result),
    data: JSON.parse(JSON.stringify(data)) as Json,
    text: lines.join('\n'),
    formats: {
      ...inTableFormats(call, findingTable(pointed)).formats,
      github: renderGithub(pointed),
      sarif: renderSarif(pointed),
    },
    notes: ref === undefined ? [] : [`Record ${ref}`],
  };
}

const findingOf = ({ ruleId, level, message, file }: Guarded['findings'][number]): Finding => ({
  rule: ruleId,
  level,
  message,
  ...(file === undefined ? {} : { place: { file } }),
});

/** Says so when nothing was there to judge. */
const countOfFiles = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

function exitOf({ outcome, reasons }: Guarded['result']): ExitStatus {
  if (reasons.includes('unreviewed-fallback')) return 7;
  return outcome === 'pass' ? 0 : outcome === 'fail' ? 3 : 5;
}

function signalsOf(text: string): readonly Signal[] {
  return text.split(',').map((word) => {
    const found = SIGNALS.find((signal) => signal === word.trim());
    if (found !== undefined) return found;
    const near = suggest(word, SIGNALS);
    throw new AppError('usage', {
      message: `Expected --signal to be of ${SIGNALS.join(', ')}, got ${JSON.stringify(word)}`,
      ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
    });
  });
}
