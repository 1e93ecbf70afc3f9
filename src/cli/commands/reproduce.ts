import type { Command } from 'commander';
import { AppError, type Json, shortDigest } from '../../core/index.ts';
import {
  reproduce as reproduceRecords,
  type Reproduction,
  reproductionExit,
} from '../../review/index.ts';
import { withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import type { CommandResult } from '../world.ts';

export const reproduce: CommandDefinition = {
  examples: [
    'spendproof reproduce 2026-W47',
    'spendproof reproduce 4be1c2d',
    'spendproof reproduce --all',
  ],
  exits: '0 all the same · 7 a record differs from its inputs · 5 an input is not on this machine',
  build: (command: Command, act) => {
    command
      .description(
        'Derive recorded numbers and verdicts again from the inputs that records name by digest, and compare them exactly. Sends nothing, records nothing.',
      )
      .argument('[name]', 'a review such as 2026-W47, or the beginning of a record’s digest')
      .option('--all', 'every record of the ledger')
      .action(async (name: string | undefined) => {
        const every = command.optsWithGlobals()['all'] === true;
        if ((name === undefined) !== every) {
          throw new AppError('usage', {
            message: 'Expected either the name of a review or record, or --all',
            hint: 'Such as: spendproof reproduce 2026-W47',
          });
        }
        await act(
          async (call) =>
            await withWorkspace(call, async (workspace) =>
              resultOf(await reproduceRecords(workspace, name === undefined ? 'all' : { name })),
            ),
        );
      });
  },
};

function resultOf(found: readonly Reproduction[]): CommandResult {
  const open = found.filter(({ kind }) => kind !== 'same');
  const exit = reproductionExit(found);
  return {
    exit,
    data: { summary: countsOf(found), records: found.map(dataOf) },
    text: [...open.map(lineOf), summaryLine(found)].join('\n'),
    notes: NOTES[exit] === undefined ? [] : [NOTES[exit]],
  };
}

const NOTES: Readonly<Record<number, string>> = {
  5: 'What is missing is evidence that is no longer on this machine: restore .spendproof from where it was kept.',
  7: 'A record says what its inputs do not give. Compare the ledger with a checkpoint that somebody else holds: spendproof ledger verify',
};

function lineOf(one: Reproduction): string {
  const { record } = one;
  const name = `${shortDigest(record.ref)}  ${subjectOf(one)}`;
  switch (one.kind) {
    case 'same':
      return `same       ${name}`;
    case 'different': {
      const { field, recorded, derived } = one.difference;
      return `different  ${name}  ${field === '' ? 'the record' : field}: recorded ${recorded}, derived ${derived}`;
    }
    case 'gap':
      return `gap        ${name}  not on this machine: ${one.missing.join(', ')}`;
    default:
      one satisfies never;
      throw new RangeError('Unknown answer');
  }
}

function summaryLine(found: readonly Reproduction[]): string {
  const { inputs, observation, stated, different, gap } = countsOf(found);
  return [
    `${found.length} records: ${inputs} the same from their inputs`,
    `${observation} judged again from what was observed, because a network answer cannot be asked for twice`,
    `${stated} stated by a role or a moment`,
    `${different} different`,
    `${gap} with an input missing`,
  ].join(', ');
}

const countsOf = (found: readonly Reproduction[]) => ({
  inputs: count(found, (one) => one.kind === 'same' && one.from === 'inputs'),
  observation: count(found, (one) => one.kind === 'same' && one.from === 'observation'),
  stated: count(found, (one) => one.kind === 'same' && one.from === 'stated'),
  different: count(found, ({ kind }) => kind === 'different'),
  gap: count(found, ({ kind }) => kind === 'gap'),
});

const count = (found: readonly Reproduction[], holds: (one: Reproduction) => boolean): number =>
  found.filter(holds).length;

function dataOf(one: Reproduction): Json {
  const { record, ...answer } = one;
  return JSON.parse(
    JSON.stringify({ record: record.ref, index: record.index, subject: subjectOf(one), ...answer }),
  ) as Json;
}

/** Names what a record is about: its kind and the one name of the plan that stands first in it. */
function subjectOf({ record: { body } }: Reproduction): string {
  const names: Readonly<Record<string, unknown>> = { ...body };
  const about = [names[body.kind === 'budget-verdict' ? 'budget' : (body.kind.split('-')[0] ?? '')]]
    .concat(names['export'], names['assumption'], names['review'])
    .find((name) => typeof name === 'string');
  return about === undefined ? body.kind : `${body.kind} ${about}`;
}
