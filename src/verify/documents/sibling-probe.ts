import { textLength } from './normalised.ts';
import { fetchPage, type FetchPorts, type FetchRequest } from './page-fetch.ts';
import { type LookRequest, type Sighting, sightingOf } from './sighting.ts';

/** An application's empty shell answers every address alike; only a text of some length can stand in for a page. */
const LENGTH_MIN = 600;

/**
 * Asks for an address that cannot exist beside a page that lost its canary: a site that answers both alike has no such page.
 *
 * @returns the sighting, as `missing` when the two texts are one.
 */
export async function probeSibling(
  found: Sighting,
  page: FetchRequest,
  request: LookRequest,
  ports: FetchPorts,
): Promise<Sighting> {
  if (found.kind !== 'unreadable' || found.doubted === undefined) return found;
  const { doubted, status, redirects, trail } = found;
  const isWorthAsking =
    found.detail === 'degraded' &&
    request.document.mustContain.length > 0 &&
    doubted.whole.representation !== 'rendered' &&
    textLength(doubted.whole) >= LENGTH_MIN;
  if (!isWorthAsking) return found;
  const name = `spendproof-probe-${Buffer.from(ports.random.bytes(8)).toString('hex')}`;
  const url = new URL(name, page.url).href;
  const sighting = sightingOf(await fetchPage({ ...page, url }, ports), request);
  const other = sighting.kind === 'unreadable' ? sighting.doubted : undefined;
  return other?.digests.content === doubted.digests.content
    ? { kind: 'missing', status, redirects, trail }
    : found;
}
