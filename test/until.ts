import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until it holds.
 *
 * Another program is on its own clock, and on a loaded machine on a slow one: only the test's own limit ends the wait.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}
