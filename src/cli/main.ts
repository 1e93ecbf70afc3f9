#!/usr/bin/env node
import process, { argv, cwd, env, execArgv, exit, stderr, stdout } from 'node:process';
import { run } from './program.ts';
import { sealProcess } from './seal-process.ts';

// The one composition root: the world enters the product here and nowhere else.
sealProcess(process);
process.once('SIGINT', () => exit(130));
process.once('SIGTERM', () => exit(143));
// A reader that closes the pipe early (`| head`) is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') exit(0);
  throw error;
});

process.exitCode = await run(argv.slice(2), {
  cwd: cwd(),
  env,
  nodeArguments: execArgv,
  stdout: {
    write: (text) => void stdout.write(text),
    isTerminal: stdout.isTTY,
    width: stdout.columns,
  },
  stderr: {
    write: (text) => void stderr.write(text),
    isTerminal: stderr.isTTY,
    width: stderr.columns,
  },
});
