import { appendMatrix, type MatrixResult } from './append-matrix.ts';
import { importMatrix } from './import-matrix.ts';
import { whyNotTraceable } from './strace.ts';

/** Runs both matrices; `step` n tries every n-th combination only. @returns the exit status. */
export async function torture(
  program: string,
  step: number,
  report: (line: string) => void,
): Promise<number> {
  const reason = whyNotTraceable();
  if (reason !== undefined) {
    report(`torture: not run, ${reason}`);
    return 1;
  }
  const tell = (name: string, { points, runs, hit, broken }: MatrixResult): number => {
    const verdict = broken.length === 0 ? 'ok' : 'BROKEN';
    report(`${verdict} ${name}: ${points} calls, ${runs} runs, ${hit} faults came about`);
    for (const line of broken) report(`  ${line}`);
    return broken.length;
  };
  const appends = tell('append', await appendMatrix(program, step));
  const imports = tell('import', await importMatrix(step, report));
  return appends + imports === 0 ? 0 : 1;
}
