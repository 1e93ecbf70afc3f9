import type { buildConnector } from 'undici';
import type { Network } from '../../core/index.ts';
import { bareHost, guardTarget, isAllowedPeer, RefusedAddress } from './guard.ts';
import { pinnedLookup } from './pinned-lookup.ts';

/**
 * Makes an undici connector that reaches public addresses only, and the listed ones of this machine.
 *
 * It checks the literal host, every answer of the name server, and the address of the connected socket; it connects only to
 * addresses it has checked, so that a second, different answer of the name server has no effect. A `lookup` alone would be
 * bypassed by literals (design: documents.md 1.8). TLS is always verified, whatever the environment says.
 *
 * @param timeoutMs for the connection and the TLS handshake.
 */
export function guardedConnector(
  loopback: readonly string[],
  network: Network,
  timeoutMs: number,
): buildConnector.connector {
  return (options, callback) => {
    const url = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
    Promise.all([guardTarget(url, loopback, network), import('undici')]).then(
      ([target, { default: undici }]) => {
        const connect = undici.buildConnector({
          timeout: timeoutMs,
          lookup: pinnedLookup(target.addresses),
          rejectUnauthorized: true,
          allowH2: false,
        });
        connect({ ...options, hostname: bareHost(url) }, (error, socket) => {
          if (error !== null) callback(error, null);
          else if (isAllowedPeer(socket.remoteAddress, target)) callback(null, socket);
          else {
            socket.destroy();
            callback(new RefusedAddress('address'), null);
          }
        });
      },
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error('lookup failed'), null),
    );
  };
}
