import {
  addDuration,
  canonicalJson,
  durationMs,
  instantFromMs,
  type Ports,
} from '../core/index.ts';
import { annotationsOf } from './alertmanager-message.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import type { Notice } from './notice.ts';
import { bearerOf, readToken, readUrl } from './secrets.ts';

/**
 * Gives each notice to an Alertmanager, API version 2; the same labels are the same alert there.
 *
 * An alert ends there with the budget's period, so that nothing has to be sent again to keep it alive.
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
export const alertmanagerChannel = sender('alertmanager', deliverAlert);

async function deliverAlert(
  channel: ChannelOf<'alertmanager'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const base = await readUrl(channel.url, ports);
  if (base === undefined) return secretMissing(channel.id, 'url', ports);
  const token = channel.token === undefined ? null : await readToken(channel.token, ports);
  if (token === undefined) return secretMissing(channel.id, 'token', ports);
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}/api/v2/alerts`, base);
  const body = canonicalJson([
    {
      labels: notice.labels,
      annotations: annotationsOf(notice),
      startsAt: notice.startsAt,
      ...endOf(notice, ports),
    },
  ]);
  const headers = () => bearerOf(token);
  const letter = { url, headers, body, timeoutMs: durationMs(channel.timeout) };
  return await postOnly(letter, place, ports);
}

function endOf(notice: Notice, ports: Ports): { readonly endsAt?: string } {
  const now = instantFromMs(ports.clock.ms());
  switch (notice.state) {
    case 'resolved':
      return { endsAt: now };
    case 'test':
      return { endsAt: addDuration(now, '5m') };
    case 'firing':
      // An end that has passed would resolve the alert before anybody saw it.
      return {
        endsAt:
          notice.endsAt !== null && notice.endsAt > now ? notice.endsAt : addDuration(now, '7d'),
      };
    default:
      notice.state satisfies never;
      return {};
  }
}
