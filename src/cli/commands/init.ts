import { dirname, relative, resolve, sep } from 'node:path';
import { AppError } from '../../core/index.ts';
import {
  type AdapterFacts,
  PLAN_FILE,
  PROVIDER_PRESETS,
  smallPlan,
  type SmallPlanExport,
} from '../../plan/index.ts';
import { initProject } from '../../review/index.ts';
import { ADAPTER_FACTS, look, type LookResult } from '../../usage/index.ts';
import type { CommandDefinition } from '../command.ts';
import { unknownWord } from '../unknown-word.ts';
import type { Call, CommandResult } from '../world.ts';
import { zoneOption } from '../zone-option.ts';

interface Options {
  readonly provider?: string;
  readonly from?: readonly string[];
  readonly owner: string;
  readonly tz?: string;
  readonly currency?: string;
  readonly dryRun?: true;
}

export const init: CommandDefinition = {
  examples: ['spendproof init --provider cometapi', 'spendproof init --from exports/usage.csv'],
  exits:
    '0 made · 2 a plan is there already, or the export cannot be read · 4 a folder cannot be written',
  build: (command, act) => {
    command
      .description(
        'Write a small plan, its schema, a signing key and an empty ledger. Beside an existing plan it makes only what is missing.',
      )
      .option(
        '--provider <preset>',
        'the provider whose documents the review reads, such as cometapi',
      )
      .option('--from <files...>', 'usage exports; the plan is written for what they hold')
      .option('--owner <role>', 'the role that owns what names no other', 'finops')
      .option('--tz <zone>', 'the zone of reviews and budgets; default: this machine’s')
      .option('--currency <code>', 'the reporting currency; default: the export’s, else USD')
      .option('--dry-run', 'print the plan and write nothing')
      .option('--yes', 'take the defaults; nothing asks today')
      .action(async (options: Options) => await act(async (call) => await run(call, options)));
  },
};

async function run(call: Call, options: Options): Promise<CommandResult> {
  const planText = await planOf(call, options);
  if (options.dryRun === true) {
    return { exit: 0, data: { plan: planText }, text: planText, notes: ['Nothing was written.'] };
  }
  const { made, keys } = await initProject(call.cwd, planText, call.ports);
  const wrote = made.includes(PLAN_FILE);
  return {
    exit: 0,
    data: { made: [...made], keys },
    text: [
      made.length === 0
        ? 'Everything was there already; nothing was changed.'
        : `Made ${made.join(', ')}`,
      `The signing keys are in ${keys} (mode 0600), outside the project`,
    ].join('\n'),
    warnings: wrote ? [] : ignoredOptions(options),
    notes: [
      ...(wrote || made.length === 0 ? [] : [`${PLAN_FILE} was there already and is unchanged`]),
      options.provider === undefined
        ? 'Next: spendproof plan, then spendproof review'
        : 'Next: spendproof plan, then spendproof docs check',
    ],
  };
}

async function planOf(call: Call, options: Options): Promise<string> {
  refuseUnknownProvider(options.provider);
  const timezone = zoneOption(options.tz);
  const found = await lookAtExports(call, options.from ?? []);
  return smallPlan({
    ...(options.provider === undefined ? {} : { provider: options.provider }),
    ...(found.exports.length === 0 ? {} : { exports: found.exports }),
    timezone: timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: options.currency ?? found.currency ?? 'USD',
    owner: options.owner,
    today: call.ports.clock.now().slice(0, 10),
    adapters: found.adapters,
  });
}

function refuseUnknownProvider(provider: string | undefined): void {
  const known = Object.keys(PROVIDER_PRESETS);
  if (provider === undefined || known.includes(provider)) return;
  throw unknownWord('--provider', provider, known, 'Leave it out for another provider.');
}

/** Names what was said of a plan that is not written, because one is there. */
function ignoredOptions(options: Options): readonly string[] {
  const named = (['provider', 'from', 'tz', 'currency'] as const)
    .filter((option) => options[option] !== undefined)
    .map((option) => `--${option}`);
  if (named.length === 0) return [];
  return [`${PLAN_FILE} was there already: ${named.join(', ')} changed nothing in it`];
}

interface LookedAt {
  readonly exports: readonly SmallPlanExport[];
  readonly currency: string | undefined;
  /** What these files hold, not all that their format could: usage pages without costs ask for no budget. */
  readonly adapters: readonly AdapterFacts[];
}

async function lookAtExports(call: Call, files: readonly string[]): Promise<LookedAt> {
  if (files.length === 0) return { exports: [], currency: undefined, adapters: ADAPTER_FACTS };
  const results = await look(
    files.map((file) => resolve(call.cwd, file)),
    {},
    call.ports,
  );
  const patterns = new Map<string, SmallPlanExport>();
  for (const [index, { adapter, zone }] of results.entries()) {
    const path = insideProject(call.cwd, files[index] ?? '');
    const taken = [...patterns.values()].filter((one) => one.adapter === adapter);
    if (taken.some((one) => one.path === path)) continue;
    const id = taken.length === 0 ? adapter : `${adapter}-${taken.length + 1}`;
    patterns.set(path, { id, adapter, path, ...(zone === 'unknown' ? {} : { zone }) });
  }
  return {
    exports: [...patterns.values()],
    currency: results.find(({ currency }) => currency !== null)?.currency ?? undefined,
    adapters: ADAPTER_FACTS.map((facts) => narrowed(facts, results)),
  };
}

/** The plan names files inside the project, so that it means the same on every machine. */
function insideProject(cwd: string, file: string): string {
  const path = relative(cwd, resolve(cwd, file)).split(sep).join('/');
  if (path.startsWith('../') || path === '..') {
    throw new AppError('usage', {
      message: 'Expected the export inside this folder: a plan names only files of its project',
      file,
      hint: `Copy it to exports/ here and run \`spendproof init --from exports/${file.split('/').at(-1) ?? ''}\`.`,
    });
  }
  const folder = dirname(path);
  const extension = /\.[a-z0-9]+$/i.exec(path)?.[0] ?? '';
  // Next week's file of the same kind belongs to the same export.
  return folder === '.' ? path : `${folder}/*${extension}`;
}

function narrowed(facts: AdapterFacts, results: readonly LookResult[]): AdapterFacts {
  const mine = results.filter(({ adapter }) => adapter === facts.id);
  if (mine.length === 0) return facts;
  const isHeld = (measure: AdapterFacts['measures'][number]): boolean =>
    mine.some(({ totals }) => (totals[measure]?.value ?? null) !== null);
  return { ...facts, measures: facts.measures.filter(isHeld) };
}
