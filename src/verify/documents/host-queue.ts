/** Sets how politely one host is asked. */
export interface HostLimits {
  /** Requests at one time. */
  readonly atOnce: number;
  /** Milliseconds from the start of one request to the start of the next. */
  readonly spacingMs: number;
}

/** Runs requests in turn: a bound over all hosts, and each host's own limits. */
export interface HostQueue {
  readonly run: <Result>(
    host: string,
    limits: HostLimits,
    work: () => Promise<Result>,
  ) => Promise<Result>;
  /** Lets a host rest for as long as it asked; requests that wait for it start later. */
  readonly holdOff: (host: string, ms: number) => void;
}

interface Time {
  readonly ms: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

interface HostState {
  readonly slots: Slots;
  /** One request at a time waits for its start, so that starts stay apart. */
  readonly gate: Slots;
  /** When the next request may start. */
  freeAtMs: number;
}

/** Starts a queue with nothing in it; whoever came first goes first, but a busy host holds no other up. */
export function startHostQueue(atOnce: number, time: Time): HostQueue {
  const hosts = new Map<string, HostState>();
  const all = makeSlots();
  const stateOf = (host: string): HostState => {
    const state = hosts.get(host) ?? { slots: makeSlots(), gate: makeSlots(), freeAtMs: 0 };
    hosts.set(host, state);
    return state;
  };
  const start = async (state: HostState, spacingMs: number): Promise<void> => {
    await state.gate.take(1);
    // What waits for its host's turn takes no place from another host.
    const startMs = Math.max(time.ms(), state.freeAtMs);
    if (startMs > time.ms()) await time.wait(startMs - time.ms());
    await all.take(atOnce);
    state.freeAtMs = Math.max(state.freeAtMs, startMs, time.ms()) + spacingMs;
    state.gate.leave();
  };
  const run: HostQueue['run'] = async (host, limits, work) => {
    const state = stateOf(host);
    await state.slots.take(limits.atOnce);
    try {
      await start(state, limits.spacingMs);
      try {
        return await work();
      } finally {
        all.leave();
      }
    } finally {
      state.slots.leave();
    }
  };
  const holdOff: HostQueue['holdOff'] = (host, ms) => {
    const state = stateOf(host);
    state.freeAtMs = Math.max(state.freeAtMs, time.ms() + ms);
  };
  return { run, holdOff };
}

interface Slots {
  /** Waits until fewer than `atOnce` have one. */
  readonly take: (atOnce: number) => Promise<void>;
  readonly leave: () => void;
}

function makeSlots(): Slots {
  const waiting: { readonly atOnce: number; readonly go: () => void }[] = [];
  let taken = 0;
  const admit = (): void => {
    const [first] = waiting;
    if (first === undefined || taken >= first.atOnce) return;
    waiting.shift();
    taken += 1;
    first.go();
    admit();
  };
  return {
    take: async (atOnce) => {
      await new Promise<void>((go) => {
        waiting.push({ atOnce, go });
        admit();
      });
    },
    leave: () => {
      taken -= 1;
      admit();
    },
  };
}
