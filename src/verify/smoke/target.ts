import type { Ports } from '../../core/index.ts';
import { bareHost, guardTarget, RefusedAddress } from '../address/guard.ts';

/** Names the one host that a request may go to: its addresses were looked up once, all checked, and are not asked for again. */
export interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** Says from which network a target may come. */
export interface Reach {
  /** `host:port` of this machine that may be asked over plain HTTP. */
  readonly loopback: readonly string[];
  /** Bounds the look-up. */
  readonly timeoutMs: number;
}

/** Gives the origin of a provider's `host[:port]`: plain HTTP only for what the plan lists as this machine. */
export function originOf(host: string, loopback: readonly string[]): URL {
  const name = host.toLowerCase();
  return new URL(`${loopback.includes(name) ? 'http' : 'https'}://${name}`);
}

/** Looks a host up once and checks every answer: one private address among public ones refuses them all. Never throws. */
export async function resolveTarget(
  url: URL,
  reach: Reach,
  ports: Ports,
): Promise<Target | 'dns' | 'timeout' | 'address-refused'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), reach.timeoutMs);
  });
  const found = await Promise.race([addressesOf(url, reach.loopback, ports), late]);
  clearTimeout(timer);
  if (typeof found === 'string') return found;
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { secure, host: bareHost(url), port, addresses: found };
}

async function addressesOf(
  url: URL,
  loopback: readonly string[],
  ports: Ports,
): Promise<readonly string[] | 'dns' | 'address-refused'> {
  try {
    return (await guardTarget(url, loopback, ports.network)).addresses;
  } catch (error) {
    // A failed look-up says only that there is no address: its message holds the host and the resolver.
    const isRefused = error instanceof RefusedAddress && error.refusal !== 'no-address';
    return isRefused ? 'address-refused' : 'dns';
  }
}
