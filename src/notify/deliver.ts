import { AppError, type Ports } from '../core/index.ts';
import type { Channel } from '../plan/index.ts';
import type { Delivery, DeliveryPlace } from './channel.ts';
import type { Notice } from './notice.ts';
import { CHANNELS } from './registry.ts';

/** Lists the kinds that {@link deliver} can use; a plan may name others, which are listed as not covered. */
export const channelKinds: readonly Channel['kind'][] = CHANNELS.map(({ kind }) => kind);

/**
 * Sends a notice on one channel; whatever goes wrong on the way is an outcome, not an error.
 *
 * Sending the same notice again is harmless: a file is created once, and a receiver sees the same `webhook-id`.
 * @throws {AppError} `internal` for a kind that is not in {@link channelKinds}, or an id that is no name.
 */
export async function deliver(
  channel: Channel,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const found = CHANNELS.find(({ kind }) => kind === channel.kind);
  if (found === undefined) {
    throw new AppError('internal', {
      message: `Expected one of the channels ${channelKinds.join(', ')}, got ${channel.kind}`,
    });
  }
  // The id becomes a file name and a header.
  if (!/^[A-Za-z0-9-]{1,128}$/.test(notice.id)) {
    throw new AppError('internal', { message: 'Expected letters, digits and hyphens as id' });
  }
  const delivery = await found.deliver(channel, notice, place, ports);
  const fields = { channel: channel.id, reason: delivery.reason, attempts: delivery.attempts };
  if (delivery.outcome === 'delivered') ports.log.info('notify.delivered', fields);
  else ports.log.warn('notify.failed', fields);
  return delivery;
}
