/** Gives how many rows a bench works on: `BENCH_ROWS` where it is set, for a look while developing. */
export function benchRows(whole: number): number {
  const asked = Number(process.env['BENCH_ROWS']);
  return Number.isInteger(asked) && asked > 0 ? asked : whole;
}
