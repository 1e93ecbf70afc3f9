import { AppError, type Ports } from '../core/index.ts';
import type { RecordOf } from '../evidence/index.ts';
import type { Channel } from '../plan/index.ts';
import type { Notice } from './notice.ts';

/** Answers one sending: the fields of a delivery record. */
export type Delivery = Pick<RecordOf<'delivery'>, 'outcome' | 'reason' | 'attempts'>;

/** Says where channels may write, whom they may ask, and how patient they are. */
export interface DeliveryPlace {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** `host:port` of this machine that may be reached over plain HTTP. */
  readonly loopback: readonly string[];
  readonly patience?: Patience;
}

/** Bounds repeated sending. */
export interface Patience {
  /** At most, the first included; 1 to 20. */
  readonly attemptsMax: number;
  /** Before the second attempt; doubles, with jitter. */
  readonly firstPauseMs: number;
  /** Longer than this in sum is not waited, whatever the receiver asks for. */
  readonly pausesMaxMs: number;
  readonly pause: (ms: number) => Promise<void>;
}

export type ChannelOf<K extends Channel['kind']> = Extract<Channel, { kind: K }>;

/** One way to tell an owner: an entry of the registry. */
export interface ChannelSender {
  readonly kind: Channel['kind'];
  /** Sends once for good; ends failed, and does not throw, for whatever goes wrong on the way. */
  readonly deliver: (
    channel: Channel,
    notice: Notice,
    place: DeliveryPlace,
    ports: Ports,
  ) => Promise<Delivery>;
}

/** Makes an entry of a function that knows its own kind of channel. */
export function sender<K extends Channel['kind']>(
  kind: K,
  send: (
    channel: ChannelOf<K>,
    notice: Notice,
    place: DeliveryPlace,
    ports: Ports,
  ) => Promise<Delivery>,
): ChannelSender {
  const isMine = (channel: Channel): channel is ChannelOf<K> => channel.kind === kind;
  return {
    kind,
    deliver: async (channel, notice, place, ports) => {
      if (isMine(channel)) return send(channel, notice, place, ports);
      throw new AppError('internal', {
        message: `Expected a channel of kind ${kind}, got ${channel.kind}`,
      });
    },
  };
}

/** Makes a delivery that arrived. */
export const delivered = (attempts: number): Delivery => ({
  outcome: 'delivered',
  reason: 'ok',
  attempts,
});

/** Makes a delivery that did not arrive. */
export const notDelivered = (
  reason: Exclude<Delivery['reason'], 'ok'>,
  attempts: number,
): Delivery => ({ outcome: 'failed', reason, attempts });
