import { isIP } from 'node:net';
import type { Ports } from '../../core/index.ts';
import { isAllowedPeer } from './guard.ts';

/** Where a connection that is not HTTP may go: one address that was looked up and checked. */
export interface HostTarget {
  readonly address: string;
  /** The plan lists it as this machine. */
  readonly listed: boolean;
}

/**
 * Looks a host up for a protocol other than HTTP and checks every answer, as documents do; never throws.
 *
 * @param reach `ports` are those that the protocol may use outside this machine; `loopback` is the plan's.
 */
export async function resolveHost(
  { host, port }: { readonly host: string; readonly port: number },
  reach: {
    readonly loopback: readonly string[];
    readonly ports: readonly number[];
    readonly timeoutMs: number;
  },
  { network }: Pick<Ports, 'network'>,
): Promise<HostTarget | 'dns' | 'timeout' | 'address-refused'> {
  const listed = reach.loopback.includes(`${host}:${port}`);
  if (!listed && !reach.ports.includes(port)) return 'address-refused';
  const bare = host.replace(/^\[|\]$/g, '');
  const found =
    isIP(bare) === 0
      ? await lookUp(async () => await network.lookup(bare), reach.timeoutMs)
      : [bare];
  if (typeof found === 'string') return found;
  const [address] = found;
  if (address === undefined) return 'dns';
  return found.every((one) => isAllowedPeer(one, { listed }))
    ? { address, listed }
    : 'address-refused';
}

async function lookUp(
  lookup: () => Promise<readonly string[]>,
  timeoutMs: number,
): Promise<readonly string[] | 'dns' | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs);
  });
  try {
    return await Promise.race([lookup(), late]);
  } catch {
    // A failed look-up says only that there is no address: its message holds the host and the resolver.
    return 'dns';
  } finally {
    clearTimeout(timer);
  }
}
