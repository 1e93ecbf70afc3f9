/** The parts of a process that could write down what it holds when it ends badly. */
export interface Sealable {
  readonly report: {
    reportOnFatalError: boolean;
    reportOnSignal: boolean;
    reportOnUncaughtException: boolean;
  };
  readonly on: (event: string, listener: (cause: unknown) => void) => unknown;
  readonly stderr: { readonly write: (text: string) => unknown };
  readonly exit: (status: number) => void;
}

/**
 * Keeps a process that dies from telling what it held: no diagnostic report, which would hold every variable, no debugger by
 * signal, and of an error that nobody caught its code alone; its message, stack and fields can quote what was sent.
 */
export function sealProcess(process: Sealable): void {
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
  // Without a listener of ours, Node answers this signal by opening its debugger.
  process.on('SIGUSR1', () => {});
  process.on('uncaughtException', (cause) => {
    process.stderr.write(
      `error[internal] Something ended in a way that nobody expected (${codeOf(cause)})\n`,
    );
    process.exit(1);
  });
}

/** Gives the code of whatever was thrown, if it has the form of one; nothing else of it may be told. */
export function codeOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && /^[A-Z][A-Z_]{2,40}$/.test(code) ? code : 'no code';
}
