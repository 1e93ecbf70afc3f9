import type { Answer } from './exchange.ts';

/** A host that asks for a longer rest than this is not asked again in the run, in milliseconds. */
export const REST_MAX_MS = 60_000;

/**
 * Reads how long a host asks to be left alone: `Retry-After` of a refusal, or `RateLimit-Reset` when nothing remains.
 *
 * @returns milliseconds, or `undefined` when the host asks for nothing.
 */
export function restAsked({ status, headers }: Answer, nowMs: number): number | undefined {
  const later = headers.get('retry-after');
  if (later !== undefined && (status === 429 || status === 503)) {
    return millisecondsOf(later, nowMs);
  }
  // draft-ietf-httpapi-ratelimit-headers-06: seconds until the quota is there again.
  if (headers.get('ratelimit-remaining')?.trim() !== '0') return undefined;
  const reset = headers.get('ratelimit-reset')?.trim() ?? '';
  return /^\d{1,6}$/.test(reset) ? Number(reset) * 1000 : undefined;
}

/** Seconds, or a date (RFC 9110 10.2.3). */
function millisecondsOf(text: string, nowMs: number): number | undefined {
  if (/^\d{1,6}$/.test(text.trim())) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
