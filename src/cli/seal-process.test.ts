import { describe, expect, it } from 'vitest';
import { type Sealable, sealProcess } from './seal-process.ts';

function seal() {
  const listeners = new Map<string, (cause: unknown) => void>();
  const ended: string[] = [];
  const process = {
    report: { reportOnFatalError: true, reportOnSignal: true, reportOnUncaughtException: true },
    on: (event: string, listener: (cause: unknown) => void) => listeners.set(event, listener),
    stderr: { write: (text: string) => ended.push(text) },
    exit: (status: number) => void ended.push(String(status)),
  } satisfies Sealable;
  sealProcess(process);
  return { process, listeners, ended };
}

describe('sealProcess', () => {
  it('writes no diagnostic report, whatever the command line of Node says', () => {
    expect(Object.values(seal().process.report)).toEqual([false, false, false]);
  });

  it('answers the signal that would open the debugger', () => {
    expect(seal().listeners.has('SIGUSR1')).toBe(true);
  });

  it.each<[unknown, string]>([
    [Object.assign(new Error('canary'), { code: 'ECONNRESET', headers: 'canary' }), 'ECONNRESET'],
    [Object.assign(new Error('canary'), { code: 'canary of 20 letters' }), 'no code'],
    [Object.assign(new Error('canary'), { code: 7 }), 'no code'],
    ['canary', 'no code'],
    [null, 'no code'],
  ])('tells of %j its code alone, and ends as our failure', (cause, told) => {
    const { listeners, ended } = seal();
    listeners.get('uncaughtException')?.(cause);
    expect(ended).toEqual([
      `error[internal] Something ended in a way that nobody expected (${told})\n`,
      '1',
    ]);
  });
});
