import { execFileSync } from 'node:child_process';

/** Nothing is left running behind a command: upkeep would write into folders that a test removes. */
const SETTINGS = ['user.name=t', 'user.email=t@example.com', 'maintenance.auto=false', 'gc.auto=0'];

/** Runs git in a folder and gives what it wrote. */
export function git(folder: string, ...words: readonly string[]): string {
  const options = SETTINGS.flatMap((setting) => ['-c', setting]);
  return execFileSync('git', [...options, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}
