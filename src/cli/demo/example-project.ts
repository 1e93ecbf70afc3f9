import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, dateIn, type Instant, periodAt, digestHex, sha256 } from '../../core/index.ts';
import { EXAMPLE_PLAN } from './example-plan.ts';
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

function planText({ host, now, keyVariable }: Options, amount: string): string {
  const values: Readonly<Record<string, string>> = {
    host,
    keyVariable,
    amount,
    today: dateIn(now, 'UTC'),
    fixture: digestHex(sha256(FIXTURE)),
  };
  return EXAMPLE_PLAN.replace(/\{\{(\w+)\}\}/g, (_mark, name: string) => values[name] ?? '');
}
