import { spawn } from 'node:child_process';
import { AppError, durationMs, type Ports, systemCode } from '../core/index.ts';
import type { PlanExport } from '../plan/index.ts';

/** What a refresh command did, as far as anybody is told: its output may hold secrets and is only counted. */
export interface RefreshResult {
  readonly outputBytes: number;
}

/**
 * Runs an export's `refresh` command in the project, without a shell, and waits for it to save new files.
 *
 * Adds nothing to its arguments or its environment. Ends it, with its children, when the time is over.
 *
 * @throws {AppError} `export-unreadable` when it cannot start, ends with another status than 0 or takes too long.
 */
export async function refreshExport(
  of: PlanExport,
  folder: string,
  ports: Pick<Ports, 'env' | 'log'>,
): Promise<RefreshResult> {
  const [program, ...args] = of.refresh?.command ?? [];
  if (of.refresh === undefined || program === undefined) return { outputBytes: 0 };
  const timeoutMs = durationMs(of.refresh.timeout);
  const ended = await runToEnd({ program, args, folder, timeoutMs, env: ports.env });
  ports.log.info('usage.refreshed', { export: of.id, outputBytes: ended.outputBytes });
  if (ended.problem === undefined) return { outputBytes: ended.outputBytes };
  throw new AppError('export-unreadable', {
    message: `The refresh command of ${of.id} ${ended.problem}`,
    hint: 'Run it by hand in the folder of the plan; its output is not kept because it may hold secrets.',
  });
}

interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly timeoutMs: number;
  readonly env: Ports['env'];
}

async function runToEnd({ program, args, folder, timeoutMs, env }: Run) {
  return await new Promise<{ outputBytes: number; problem: string | undefined }>((resolve) => {
    let outputBytes = 0;
    let problem: string | undefined;
    // A group of its own, so that what the command started ends with it.
    const child = spawn(program, args, {
      cwd: folder,
      env,
      shell: false,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const count = (chunk: Buffer) => {
      outputBytes += chunk.length;
    };
    child.stdout.on('data', count);
    child.stderr.on('data', count);
    const timer = setTimeout(() => {
      problem = `took longer than ${timeoutMs} ms`;
      endGroup(child.pid);
    }, timeoutMs);
    const end = () => {
      clearTimeout(timer);
      resolve({ outputBytes, problem });
    };
    child.on('error', (error) => {
      problem ??= `could not start (${systemCode(error)})`;
      end();
    });
    child.on('exit', (status, signal) => {
      if (status !== 0) problem ??= `ended with ${signal ?? `status ${status}`}`;
      // What it left running must not hold the pipes open.
      endGroup(child.pid);
    });
    child.on('close', end);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH' && systemCode(error) !== 'EPERM') throw error;
  }
}
