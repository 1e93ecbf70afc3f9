import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Network } from '../../core/index.ts';

/** Names why a target is refused; never an address, which could be a secret of the inside. */
export type RefusalId = 'scheme' | 'credentials' | 'port' | 'address' | 'no-address';

/** Says that a connection was refused before a byte of a request left. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
  readonly refusal: RefusalId;

  constructor(refusal: RefusalId) {
    super(`Expected a public https address, got one that is refused (${refusal})`);
    this.refusal = refusal;
  }
}

/** Holds what {@link guardTarget} found: whether the plan lists the address as its own machine's, and where to connect. */
export interface GuardedTarget {
  readonly listed: boolean;
  /** IP addresses, every one of them checked; connect to these and to nothing else. */
  readonly addresses: readonly string[];
}

/**
 * Tells whether an IP address is one of the public internet.
 *
 * IPv4 must be plain unicast. IPv6 must lie in 2000::/3 too, which leaves out IPv4-mapped, IPv4-compatible, 64:ff9b::/96 and
 * what ipaddr.js 2.5.0 takes for unicast (`::7f00:1`, `100:0:0:1::1`). Anything that is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
  const inGlobalUnicast = parsed.match(ipaddr.IPv6.parse('2000::'), 3);
  return inGlobalUnicast && parsed.zoneId === undefined && isOrdinary(parsed);
}

/** Tells whether an IP address is the machine's own: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.parse(address).range() === 'loopback';
}

/**
 * Tells whether the plan lists an address of this machine, by exact host and port (`127.0.0.1:8080`, `localhost:8080`).
 *
 * @param loopback the plan's `network.loopback`.
 */
export function isListed(url: URL, loopback: readonly string[]): boolean {
  return loopback.includes(`${url.hostname}:${portOf(url)}`);
}

/**
 * Refuses what can be refused by the URL alone: the scheme, credentials, the port, a literal address.
 *
 * `URL` has already turned decimal, octal and hexadecimal spellings into dotted form.
 * @returns `undefined` when nothing speaks against it yet; names still have to be looked up.
 */
export function refusalOfUrl(url: URL, loopback: readonly string[]): RefusalId | undefined {
  if (url.username !== '' || url.password !== '') return 'credentials';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme';
  if (isListed(url, loopback)) return undefined;
  if (url.protocol !== 'https:') return 'scheme';
  if (!['80', '443'].includes(portOf(url))) return 'port';
  const host = bareHost(url);
  return isIP(host) !== 0 && !isPublicAddress(host) ? 'address' : undefined;
}

/**
 * Decides where a request may connect to: looks the host up and checks every answer, not only the first.
 *
 * @throws {RefusedAddress} when the URL or any address of its host is refused; errors of the lookup pass through.
 */
export async function guardTarget(
  url: URL,
  loopback: readonly string[],
  network: Network,
): Promise<GuardedTarget> {
  const refusal = refusalOfUrl(url, loopback);
  if (refusal !== undefined) throw new RefusedAddress(refusal);
  const host = bareHost(url);
  const addresses = isIP(host) === 0 ? await network.lookup(host) : [host];
  const target = { listed: isListed(url, loopback), addresses };
  if (addresses.length === 0) throw new RefusedAddress('no-address');
  if (!addresses.every((address) => isAllowedPeer(address, target))) {
    throw new RefusedAddress('address');
  }
  return target;
}

/**
 * Tells whether a socket ended where it may; ask it after connecting, with `socket.remoteAddress`.
 *
 * A listed address must be this machine's own, so that a name cannot be bent to a neighbour.
 */
export function isAllowedPeer(
  address: string | undefined,
  target: Pick<GuardedTarget, 'listed'>,
): boolean {
  if (address === undefined) return false;
  return target.listed ? isLoopbackAddress(address) : isPublicAddress(address);
}

/** Gives the host without the brackets of IPv6. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'http:' ? '80' : '443';
}

// RFC 9637: 3fff::/20 is for documentation; ipaddr.js 2.5.0 does not know it.
function isOrdinary(address: ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && !address.match(ipaddr.IPv6.parse('3fff::'), 20);
}
