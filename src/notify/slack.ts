import { durationMs, itemAt, type Json, type Ports } from '../core/index.ts';
import { type ChannelOf, type Delivery, type DeliveryPlace, sender } from './channel.ts';
import { postOnly, secretMissing } from './http.ts';
import { cut, type Fact, type Notice } from './notice.ts';
import { readUrl } from './secrets.ts';

/** Posts each notice to an incoming webhook of Slack, as blocks with a plain text for notifications. */
export const slackChannel = sender('slack', deliverSlack);

/** https://docs.slack.dev/reference/block-kit/blocks - the total is not documented (slackapi/bolt-js#2509). */
const LIMITS = { header: 150, section: 3000, text: 3000, total: 12_000 } as const;
const MARKS = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' };

async function deliverSlack(
  channel: ChannelOf<'slack'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  const url = await readUrl(channel.url, ports);
  if (url === undefined) return secretMissing(channel.id, 'url', ports);
  const body = JSON.stringify(slackMessage(notice));
  return await postOnly({ url, body, timeoutMs: durationMs(channel.timeout) }, place, ports);
}

/** Writes a notice within Slack's limits; what does not fit is left out and said so. */
export function slackMessage(notice: Notice): Json {
  const mark = notice.state === 'resolved' ? ':white_check_mark:' : MARKS[notice.severity];
  const sections = sectionsOf(notice.facts);
  return {
    text: cut(escaped(notice.title), LIMITS.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(notice.title, LIMITS.header) } },
      ...sections.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: `${mark} ${notice.severity}, ${notice.state}` }],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function sectionsOf(facts: readonly Fact[]): readonly string[] {
  const sections: string[] = [''];
  let leftover = LIMITS.total - 1000;
  for (const [name, value] of facts) {
    const line = cut(`*${escaped(name)}:* ${escaped(value)}\n`, 1000);
    leftover -= line.length;
    if (leftover < 0) {
      sections.push('More than fits here: see the record.');
      break;
    }
    const last = sections.length - 1;
    if (itemAt(sections, last).length + line.length > LIMITS.section) sections.push(line);
    else sections[last] = `${sections[last]}${line}`;
  }
  return sections.filter((section) => section !== '');
}

/** Slack reads `<!channel>` and `<@user>` as mentions: these three characters are all it asks to escape. */
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
