/** Gives how many rows a bench works on: `BENCH_ROWS` where it is set, for a look while developing. */
export const benchRows = (whole: number): number => asked('BENCH_ROWS') ?? whole;

/** Gives how many bytes a bench works on: `BENCH_BYTES` where it is set. */
export const benchBytes = (whole: number): number => asked('BENCH_BYTES') ?? whole;

function asked(name: string): number | undefined {
  const number = Number(process.env[name]);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
