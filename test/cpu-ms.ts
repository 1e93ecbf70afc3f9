/** Gives the processor time that work took: unlike the time on the clock it does not grow with what else a machine does. */
export function cpuMs(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
