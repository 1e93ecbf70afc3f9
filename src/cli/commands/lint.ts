import { AppError, dateIn, type Json, terminalText } from '../../core/index.ts';
import type { Plan } from '../../plan/index.ts';
import { type Finding, findingTable, renderGithub, renderSarif } from '../../report/index.ts';
import { openPlan } from '../../review/index.ts';
import { type FilesLinted, LINT_RULES, type LintFinding, lintFiles } from '../../verify/index.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

export const lint: CommandDefinition = {
  examples: [
    'spendproof lint docs spendproof.yaml',
    'spendproof lint docs --format sarif --out lint.sarif',
    'spendproof lint docs --format github',
  ],
  exits: '0 nothing found · 3 a finding · 5 a file could not be read',
  build: (command, act) => {
    command
      .description(
        'Find prices, limits and other terms of a provider that were copied into runbooks and plans. No network.',
      )
      .argument('<paths...>', 'Markdown, YAML or JSON files, or folders of them')
      .addHelpText(
        'after',
        `
The plan's own amounts are allowed. A waiver covers the paragraph, list, table or code block it stands in or before:
  <!-- verified: source=DOCUMENT date=YYYY-MM-DD expires=YYYY-MM-DD -->`,
      )
      .action(async (paths: string[]) => {
        await act(async (call) => await run(call, paths));
      });
  },
};

async function run(call: Call, paths: readonly string[]): Promise<CommandResult> {
  const plan = await planOf(call);
  const today = dateIn(call.ports.clock.now(), plan?.timezone ?? 'UTC');
  const linted = await lintFiles(paths, { cwd: call.cwd, today, plan });
  const { findings, files, waived, unread } = linted;
  const pointed = findings.map(findingOf);
  const tables = inTableFormats(call, findingTable(pointed));
  return {
    exit: exitOf(linted),
    data: { files, waived, unread, findings: asJson(findings) },
    text: textOf(linted),
    formats: {
      ...tables.formats,
      github: renderGithub(pointed),
      sarif: renderSarif(pointed, LINT_RULES),
    },
    notes: plan === undefined ? ['No plan here: waivers and amounts are judged without one.'] : [],
    warnings: unread.map(({ file, why }) => `${file} was not read: ${why}`),
  };
}

const findingOf = ({ rule, message, hint, file, ...region }: LintFinding): Finding => ({
  rule,
  level: 'error',
  message,
  hint,
  place: { file, region },
});

/** A lint needs no plan; one that is there but wrong is an error, because its amounts and documents decide. */
async function planOf(call: Call): Promise<Plan | undefined> {
  try {
    const options = { cwd: call.cwd, config: call.global.config, operator: undefined };
    return (await openPlan(options, call.ports)).plan;
  } catch (error) {
    const isNamed = call.global.config !== undefined;
    if (!isNamed && error instanceof AppError && error.code === 'plan-missing') return undefined;
    throw error;
  }
}

function exitOf({ findings, unread }: FilesLinted): 0 | 3 | 5 {
  if (findings.length > 0) return 3;
  return unread.length > 0 ? 5 : 0;
}

function textOf({ findings, files, waived }: FilesLinted): string {
  const count = (number: number, word: string): string =>
    `${number} ${word}${number === 1 ? '' : 's'}`;
  const lines = findings.map(
    ({ file, line, column, rule, where, message }) =>
      `${file}:${line}:${column}  ${rule}  ${message}${where === 'prose' || where === 'waiver' ? '' : ` (${where})`}`,
  );
  const hints = [...new Set(findings.map(({ hint }) => hint))];
  const summary = `${count(findings.length, 'finding')} in ${count(files, 'file')}, ${waived} waived.`;
  return [...lines, ...hints, summary].map(terminalText).join('\n');
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
