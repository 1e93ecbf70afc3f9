import { durationMs, type Json, type Ports } from '../core/index.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import { cut, type Notice } from './notice.ts';
import { readUrl } from './secrets.ts';

/** Posts each notice to a workflow of Microsoft Teams ("when a webhook request is received"), as an adaptive card. */
export const teamsChannel = sender('teams', deliverTeams);

/** https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
const BYTES_MAX = 28_000;
const COLORS = { info: 'Accent', warning: 'Warning', critical: 'Attention' } as const;

async function deliverTeams(
  channel: ChannelOf<'teams'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const url = await readUrl(channel.url, ports);
  if (url === undefined) return secretMissing(channel.id, 'url', ports);
  const body = JSON.stringify(teamsMessage(notice));
  return await postOnly({ url, body, timeoutMs: durationMs(channel.timeout) }, place, ports);
}

/** Writes a notice as a card within the limit of the connector; facts that do not fit are left out. */
export function teamsMessage(notice: Notice): Json {
  for (let count = notice.facts.length; count > 0; count -= 1) {
    const message = cardOf(notice, count);
    if (Buffer.byteLength(JSON.stringify(message)) <= BYTES_MAX) return message;
  }
  return cardOf(notice, 0);
}

function cardOf(notice: Notice, count: number): Json {
  const facts = notice.facts.slice(0, count).map(([title, value]) => ({
    title: plain(cut(title, 200)),
    value: plain(cut(value, 2000)),
  }));
  const left = notice.facts.length - count;
  const color = notice.state === 'resolved' ? 'Good' : COLORS[notice.severity];
  const body: Json[] = [
    {
      type: 'TextBlock',
      text: plain(cut(notice.title, 300)),
      weight: 'Bolder',
      size: 'Medium',
      wrap: true,
      color,
    },
    { type: 'TextBlock', text: `${notice.severity}, ${notice.state}`, isSubtle: true, wrap: true },
    { type: 'FactSet', facts },
    ...(left === 0
      ? []
      : [{ type: 'TextBlock', text: `${left} more: see the record.`, wrap: true }]),
  ];
  const content: Json = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

/** Cards read a subset of Markdown: what could make a link, emphasis or a list stays text. */
const plain = (text: string): string =>
  text.replace(/[\\`*_[\]]/g, (mark) => `\\${mark}`).replace(/^(\s*)([-+#])/, '$1\\$2');
