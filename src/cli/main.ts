#!/usr/bin/env node
import process, { argv, cwd, env, execArgv, exit, stderr, stdout } from 'node:process';
import { processStream } from './process-stream.ts';
import { run } from './program.ts';
import { sealProcess } from './seal-process.ts';

// The one composition root: the world enters the product here and nowhere else.
sealProcess(process);
process.once('SIGINT', () => interrupted(130));
process.once('SIGTERM', () => interrupted(143));

process.exitCode = await run(argv.slice(2), {
  cwd: cwd(),
  env,
  nodeArguments: execArgv,
  stdout: processStream(stdout),
  stderr: processStream(stderr),
});

function interrupted(status: number): never {
  stderr.write(
    `${stderr.isTTY ? '\r\u001b[K' : ''}error[interrupted] Interrupted; nothing half-written counts\n`,
  );
  exit(status);
}
