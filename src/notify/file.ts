import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type Ports, systemCode } from '../core/index.ts';
import {
  type ChannelOf,
  type Delivery,
  delivered,
  type DeliveryPlace,
  notDelivered,
  sender,
} from './channel.ts';
import type { Notice } from './notice.ts';

/** Writes each notice into a folder of the project: `ID.json` for programs and `ID.md` for people. */
export const fileChannel = sender('file', deliverFile);

async function deliverFile(
  channel: ChannelOf<'file'>,
  notice: Notice,
  place: DeliveryPlace,
  ports: Ports,
): Promise<Delivery> {
  try {
    const outbox = await outboxOf(place.folder, channel.path, ports);
    if (outbox === undefined) return notDelivered('not-writable', 1);
    // The JSON last: who watches for it finds the other there.
    await putOnce(outbox, `${notice.id}.md`, notice.markdown, ports);
    await putOnce(outbox, `${notice.id}.json`, jsonOf(notice), ports);
    await ports.files.syncFolder(outbox);
    return delivered(1);
  } catch (error) {
    // Of a fault of the disk only its code is kept: paths of the machine do not belong into a log.
    ports.log.warn('notify.not-written', { channel: channel.id, code: String(systemCode(error)) });
    return notDelivered('not-writable', 1);
  }
}

/** Gives the folder, made if need be; `undefined` when a link on the way leads elsewhere. */
async function outboxOf(folder: string, path: string, ports: Ports): Promise<string | undefined> {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..') || path.startsWith('/')) return undefined;
  let current = folder;
  for (const step of steps) {
    current = join(current, step);
    if (await isLink(current)) return undefined;
  }
  await ports.files.makeFolder(current);
  return current;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Writes beside and links into place, so that the name appears with its whole content, and once. */
async function putOnce(outbox: string, name: string, text: string, ports: Ports): Promise<void> {
  const suffix = Buffer.from(ports.random.bytes(8)).toString('hex');
  const draft = join(outbox, `.${name}.${suffix}`);
  await ports.files.writeNew(draft, new TextEncoder().encode(text));
  try {
    await ports.files.link(draft, join(outbox, name));
  } catch (error) {
    // Somebody has delivered this very notice before.
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await ports.files.remove(draft);
  }
}

const jsonOf = ({ id, title, text, payload }: Notice): string =>
  `${canonicalJson({ id, title, text, payload })}\n`;
