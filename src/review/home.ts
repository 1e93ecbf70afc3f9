import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Finds the folder of keys, salts and high-water marks: `SPENDPROOF_HOME`, else `spendproof` in the user's configuration
 * folder. Never inside the project, so that no commit can carry a key.
 */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env['SPENDPROOF_HOME'];
  if (own !== undefined && own !== '') return own;
  const config = env['XDG_CONFIG_HOME'];
  if (config !== undefined && config !== '') return join(config, 'spendproof');
  return join(env['HOME'] ?? homedir(), '.config', 'spendproof');
}
