/** Sets how politely one host is asked. */
export interface HostLimits {
  /** Looks at one time. */
  readonly atOnce: number;
  /** Milliseconds from the start of one look to the start of the next. */
  readonly spacingMs: number;
}

/** Runs work in turn: a bound over all hosts, and each host's own limits. */
export interface HostQueue {
  readonly run: <Result>(
    host: string,
    limits: HostLimits,
    work: () => Promise<Result>,
  ) => Promise<Result>;
}

interface Time {
  readonly ms: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

interface HostState {
  running: number;
  /** When the next look may start. */
  freeAtMs: number;
}

/** Starts a queue with nothing in it; whoever came first goes first, but a busy host holds no other up. */
export function startHostQueue(atOnce: number, time: Time): HostQueue {
  const hosts = new Map<string, HostState>();
  const waiting: { readonly host: string; readonly limits: HostLimits; readonly go: () => void }[] =
    [];
  let running = 0;
  const stateOf = (host: string): HostState => {
    const state = hosts.get(host) ?? { running: 0, freeAtMs: 0 };
    hosts.set(host, state);
    return state;
  };
  const admit = (): void => {
    let at = 0;
    while (running < atOnce && at < waiting.length) {
      const entry = waiting[at];
      if (entry === undefined) return;
      const state = stateOf(entry.host);
      if (state.running >= entry.limits.atOnce) {
        at += 1;
        continue;
      }
      waiting.splice(at, 1);
      running += 1;
      state.running += 1;
      entry.go();
    }
  };
  const run: HostQueue['run'] = async (host, limits, work) => {
    await new Promise<void>((go) => {
      waiting.push({ host, limits, go });
      admit();
    });
    const state = stateOf(host);
    try {
      const startMs = Math.max(time.ms(), state.freeAtMs);
      state.freeAtMs = startMs + limits.spacingMs;
      if (startMs > time.ms()) await time.wait(startMs - time.ms());
      return await work();
    } finally {
      running -= 1;
      state.running -= 1;
      admit();
    }
  };
  return { run };
}
