import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { url as debuggerUrl } from 'node:inspector';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  AppError,
  exposuresOf,
  instantFromMs,
  type Log,
  type Ports,
  redactSecrets,
  type SecretRef,
  terminalText,
} from '../core/index.ts';
import { nodeFiles } from '../evidence/index.ts';
import type { World } from './world.ts';

/** Builds the real ports: the clock of the machine, its files, its name servers, its secrets. */
export function buildPorts(world: World, quiet: boolean): Ports {
  return {
    clock: { now: () => instantFromMs(Date.now()), ms: () => Date.now() },
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    files: nodeFiles(),
    network: {
      lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    },
    secrets: { read: async (ref, folder = world.cwd) => await readSecret(ref, folder, world) },
    log: buildLog(world, quiet),
    env: world.env,
    nodeArguments: world.nodeArguments ?? [],
  };
}

async function readSecret(
  ref: SecretRef,
  folder: string,
  { env, nodeArguments }: World,
): Promise<string | undefined> {
  const exposures = exposuresOf(env, nodeArguments);
  if (exposures.length > 0 || debuggerUrl() !== undefined) {
    throw new AppError('secret-exposed', {
      message: `Expected a Node that keeps secrets to itself, it runs with ${exposures.join(', ') || 'a debugger'}`,
      hint: 'Start it without that: what Node prints or dumps passes no check of ours.',
    });
  }
  if ('env' in ref) return env[ref.env];
  try {
    if ('file' in ref) return withoutLastNewline(await readFile(resolve(folder, ref.file), 'utf8'));
    const [program = '', ...args] = ref.command;
    // No shell: the words of the plan are the words of the program.
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: folder,
      timeout: 30_000,
    });
    return withoutLastNewline(stdout);
  } catch {
    // The cause may quote the secret's surroundings; that there is none is all that callers may know.
    return undefined;
  }
}

/** Editors and secret managers end files with a newline that is not part of the secret. */
const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, '');

function buildLog(world: World, quiet: boolean): Log {
  const stream = world.stderr;
  const debug = world.env['SPENDPROOF_LOG'] === 'debug';
  let drawn = false;
  const line = (level: string, event: string, fields: object = {}): void => {
    const words = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    if (drawn) stream.write('\r\u001b[K');
    drawn = false;
    stream.write(`${terminalText(redactSecrets([level, event, ...words].join(' ')))}\n`);
  };
  return {
    info: (event, fields) => {
      if (debug) line('info', event, fields);
    },
    warn: (event, fields) => {
      if (!quiet) line('warn', event, fields);
    },
    progress: (text) => {
      if (quiet || stream.isTerminal !== true || (text === '' && !drawn)) return;
      stream.write(`\r\u001b[K${terminalText(text).slice(0, (stream.width ?? 80) - 1)}`);
      drawn = text !== '';
    },
  };
}
