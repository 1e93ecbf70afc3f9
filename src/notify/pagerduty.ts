import { durationMs, type Json, type Ports } from '../core/index.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import { cut, type Notice } from './notice.ts';
import { readToken, readUrl } from './secrets.ts';

/**
 * Sends each notice as an event to PagerDuty, Events API v2: one incident for an alert, closed by its recovery.
 *
 * A second copy changes nothing there: the deduplication key is the alert's.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export const pagerdutyChannel = sender('pagerduty', deliverEvent);

const EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';

async function deliverEvent(
  channel: ChannelOf<'pagerduty'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const key = await readToken(channel.key, ports);
  if (key === undefined) return secretMissing(channel.id, 'key', ports);
  const url = channel.url === undefined ? new URL(EVENTS_URL) : await readUrl(channel.url, ports);
  if (url === undefined) return secretMissing(channel.id, 'url', ports);
  const timeoutMs = durationMs(channel.timeout);
  const send = async (action: 'trigger' | 'resolve') => {
    const body = JSON.stringify(pagerdutyEvent(notice, action, key));
    return await postOnly({ url, body, timeoutMs }, place, ports);
  };
  if (notice.state !== 'test')
    return await send(notice.state === 'resolved' ? 'resolve' : 'trigger');
  // A test must not leave an incident open.
  const opened = await send('trigger');
  return opened.outcome === 'delivered' ? await send('resolve') : opened;
}

/** Writes an event; a recovery needs the key of what it closes and nothing else. */
export function pagerdutyEvent(
  notice: Notice,
  action: 'trigger' | 'resolve',
  routingKey: string,
): Json {
  const event = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: notice.subject.slice(0, 255),
  };
  if (action === 'resolve') return event;
  return {
    ...event,
    client: 'Spendproof',
    payload: {
      summary: cut(notice.title, 1024),
      source: notice.labels['team'] ?? 'spendproof',
      severity: notice.severity,
      timestamp: notice.startsAt,
      component: notice.thread,
      class: notice.labels.alertname,
      custom_details: Object.fromEntries(
        notice.facts.map(([name, value]) => [name, cut(value, 2000)]),
      ),
    },
  };
}
