import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addDuration, type Instant } from '../../src/core/index.ts';
import { run } from '../../src/cli/program.ts';
import { seededRandom } from '../../src/metrics/forecast/seeded-random.ts';
import { bundle } from '../torture/bundle.ts';
import type { Asked } from './asked.ts';
import { type Correction, spendOf, START } from './days.ts';
import { AMOUNT, expectedNotices, SHARES } from './oracle.ts';

/** How much of the year is played. */
export interface YearOptions {
  readonly days: number;
  /** From one look to the next; both processes look each time. */
  readonly everyHours: number;
  readonly seed: number;
  readonly corrections: readonly (Correction & { readonly fromDay: number })[];
}

/** What was sent, what had to be, and what the processes went through. */
export interface Played {
  /** `fired 2026-03 near,over mail`: each notice that arrived, once. */
  readonly received: readonly string[];
  readonly expected: readonly string[];
  /** Notices that arrived again under the same id, because their sender died before it could say so. */
  readonly repeated: number;
  readonly deaths: { readonly afterClaim: number; readonly afterSend: number };
  readonly refused: number;
  readonly looks: number;
  /** What the command line says of the ledger and of the notices afterwards. */
  readonly ledger: string;
  readonly notices: string;
}

/** Plays a year of looks by two processes on one ledger, with restarts, deaths, refusals and clocks that are off. */
export async function playYear(options: YearOptions): Promise<Played> {
  const receiver = await startReceiver(options.seed);
  const place = await makeProject(receiver.host);
  const program = join(place.folder, 'process.mjs');
  await bundle('test/alerts/process.ts', program);
  const start = () =>
    new Looker([program, place.folder, place.home, ...yearArgs(options)], receiver);
  const lookers = [start(), start()] as const;
  try {
    const looks = await playLooks(options, lookers, receiver);
    await Promise.all(lookers.map(async (looker) => await looker.end()));
    const spend = spendOf(options.seed, options.days);
    return {
      received: [...receiver.arrived.values()].map(({ line }) => line).toSorted(),
      expected: expectedNotices(spend, looks),
      repeated: [...receiver.arrived.values()].reduce((sum, { times }) => sum + times - 1, 0),
      deaths: {
        afterClaim: deathsOf(lookers, 'dies-after-claim'),
        afterSend: deathsOf(lookers, 'dies-after-send'),
      },
      refused: receiver.refused(),
      looks: looks.length,
      ledger: await exitOf(place, 'ledger', 'verify'),
      notices: await exitOf(place, 'notify'),
    };
  } finally {
    await Promise.all(lookers.map(async (looker) => await looker.end()));
    await receiver.close();
  }
}

const yearArgs = ({ seed, days }: YearOptions): readonly string[] => [String(seed), String(days)];

/** Asks both processes, look by look, and gives the looks in an order that counts like theirs. */
async function playLooks(
  options: YearOptions,
  lookers: readonly [Looker, Looker],
  receiver: Receiver,
): Promise<readonly Asked[]> {
  const random = seededRandom(options.seed + 1);
  const looks: Asked[] = [];
  const hours = options.days * 24;
  let delivered = 0;
  let mayDieAt = 0;
  for (let hour = 0; hour < hours; hour += options.everyHours) {
    const day = Math.floor(hour / 24);
    // Data comes once a day, some days not at all, and then a few days at once.
    if (hour % 24 < options.everyHours && random() < 0.8) delivered = day;
    // The last two days are quiet, so that everything that is due can arrive.
    const isQuiet = hour > hours - 48;
    receiver.refuses(isQuiet ? 0 : 0.15);
    const jumpHours = random() < 0.05 ? Math.floor(random() * 6) : 0;
    const acknowledges = random() < 0.05 * options.everyHours;
    const fault = isQuiet || hour < mayDieAt ? 'none' : nextDeath(lookers);
    const corrections = options.corrections.filter(({ fromDay }) => fromDay <= day);
    const known = { delivered, corrections, fault: acknowledges ? 'none' : fault } as const;
    const calm: Asked = { ...known, now: at(hour) };
    const first: Asked = { ...known, now: at(hour - jumpHours), acknowledges };
    looks.push(first, calm);
    // By different clocks the order of the two matters; else nobody's.
    const isOrdered = jumpHours > 0 || acknowledges;
    const died = await askBoth(lookers, [first, calm], isOrdered);
    // A notice gets five attempts: those of one are not spent on deaths.
    if (died) mayDieAt = hour + 48;
    if (random() < 0.01) await lookers[0].restart();
  }
  return looks;
}

const at = (hour: number): Instant => addDuration(START, `${Math.max(0, hour)}h`);

/** The kind of death that happened less often so far, as soon as somebody sends something. */
const nextDeath = (lookers: readonly Looker[]): Asked['fault'] =>
  deathsOf(lookers, 'dies-after-claim') <= deathsOf(lookers, 'dies-after-send')
    ? 'dies-after-claim'
    : 'dies-after-send';

const deathsOf = (lookers: readonly Looker[], fault: Asked['fault']): number =>
  lookers.reduce((sum, { deaths }) => sum + deaths[fault], 0);

async function askBoth(
  [left, right]: readonly [Looker, Looker],
  [first, second]: readonly [Asked, Asked],
  isOrdered: boolean,
): Promise<boolean> {
  if (!isOrdered) {
    const died = await Promise.all([left.ask(first), right.ask(second)]);
    return died.includes(true);
  }
  const before = await left.ask(first);
  return (await right.ask(second)) || before;
}

/** A process that looks when it is asked, and is started again after it died. */
class Looker {
  readonly deaths = { none: 0, 'dies-after-claim': 0, 'dies-after-send': 0 };
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;

  constructor(args: readonly string[], { url }: Pick<Receiver, 'url'>) {
    this.#args = args;
    this.#env = {
      PATH: process.env['PATH'],
      HOOK_MAIL: `${url}/mail`,
      HOOK_CHAT: `${url}/chat`,
      HOOK_PAGER: `${url}/pager`,
      HOOK_SECRET: 'not-a-secret-but-long-enough',
    };
  }

  /** @returns whether it died of what it was asked. */
  async ask(asked: Asked): Promise<boolean> {
    if (this.#lines === undefined) await this.#start();
    this.#child?.stdin?.write(`${JSON.stringify(asked)}\n`);
    if ((await this.#line()) === 'done') return false;
    this.deaths[asked.fault] += 1;
    await this.restart();
    return true;
  }

  async restart(): Promise<void> {
    await this.end();
    await this.#start();
  }

  async end(): Promise<void> {
    const child = this.#child;
    this.#lines = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    await ended;
  }

  async #start(): Promise<void> {
    this.#child = spawn(process.execPath, this.#args, {
      env: this.#env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A process that died takes no more lines; that it did is read from its output.
    this.#child.stdin?.on('error', () => undefined);
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no output of the process');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    if ((await this.#line()) !== 'ready') throw new Error('the process did not start');
  }

  async #line(): Promise<string | undefined> {
    const next = await this.#lines?.next();
    return next?.done === true ? undefined : next?.value;
  }
}

interface Receiver {
  readonly host: string;
  readonly url: string;
  /** By `webhook-id`, as receivers tell repetitions apart. */
  readonly arrived: ReadonlyMap<string, { readonly line: string; readonly times: number }>;
  readonly refuses: (share: number) => void;
  readonly refused: () => number;
  readonly close: () => Promise<void>;
}

/** No notice is refused more often: five attempts are all it gets. */
const REFUSALS_MAX = 2;

async function startReceiver(seed: number): Promise<Receiver> {
  const random = seededRandom(seed + 2);
  const arrived = new Map<string, { line: string; times: number }>();
  const refusals = new Map<string, number>();
  let share = 0;
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const before = refusals.get(id) ?? 0;
      if (before < REFUSALS_MAX && random() < share) {
        refusals.set(id, before + 1);
        response.writeHead(400).end();
        return;
      }
      const line = lineOf(Buffer.concat(chunks).toString('utf8'), request.url ?? '');
      arrived.set(id, { line, times: (arrived.get(id)?.times ?? 0) + 1 });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    arrived,
    refuses: (wanted) => {
      share = wanted;
    },
    refused: () => [...refusals.values()].reduce((sum, count) => sum + count, 0),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes what arrived as the oracle does. */
function lineOf(body: string, path: string): string {
  const { type, data } = JSON.parse(body) as {
    readonly type: string;
    readonly data: {
      readonly transition?: string;
      readonly rules?: readonly string[];
      readonly period: { readonly start: string };
    };
  };
  const what = type === 'budget.alert' ? (data.transition ?? '') : 'restated';
  const rules = data.rules === undefined ? [] : [data.rules.toSorted().join()];
  return [what, data.period.start.slice(0, 7), ...rules, path.slice(1)].join(' ');
}

interface Place {
  readonly folder: string;
  readonly home: string;
}

async function makeProject(host: string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'spendproof-year-'));
  const place = { folder, home: `${folder}-home` };
  await writeFile(join(folder, 'spendproof.yaml'), planOf(host));
  if ((await exitOf(place, 'init', '--yes')) !== '0') throw new Error('no project');
  return place;
}

const planOf = (host: string): string => `version: 1
currency: USD
owner: finops
network: { loopback: ["${host}"] }
owners:
  - { id: finops, title: FinOps, notify: [mail, chat] }
  - { id: boss, title: The manager, notify: [pager] }
notify:
  - { id: mail, kind: webhook, url: { env: HOOK_MAIL }, secret: { env: HOOK_SECRET }, timeout: 10m }
  - { id: chat, kind: webhook, url: { env: HOOK_CHAT }, secret: { env: HOOK_SECRET }, timeout: 10m }
  - { id: pager, kind: webhook, url: { env: HOOK_PAGER }, secret: { env: HOOK_SECRET }, timeout: 10m }
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", provider: example, conversion: unit, approved: { by: finops, date: 2026-01-01 } }
providers: [{ id: example, host: api.example.com }]
assumptions: [{ id: unit, value: { file: private/unit.json, expires: 2027-12-31 } }]
budgets:
  - id: monthly
    amount: "${AMOUNT}"
    rules:
      - { id: half, basis: actual, at: ${SHARES.half}, severity: info }
      - { id: near, basis: actual, at: ${SHARES.near}, severity: warning }
      - { id: over, basis: actual, at: ${SHARES.over}, severity: critical }
    escalate: { ackWithin: 24h, to: boss }
`;

async function exitOf({ folder, home }: Place, ...argv: readonly string[]): Promise<string> {
  let said = '';
  const stream = {
    write: (text: string) => void (said += text),
    isTerminal: false,
    width: undefined,
  };
  const env = { SPENDPROOF_HOME: home, NO_COLOR: '1' };
  const exit = await run(argv, { cwd: folder, env, stdout: stream, stderr: stream });
  return exit === 0 ? '0' : `${exit}: ${said}`;
}
