import type { ChannelSender } from './channel.ts';
import { fileChannel } from './file.ts';
import { webhookChannel } from './webhook.ts';

/** Lists the channels that can be used, alphabetical. */
export const CHANNELS: readonly ChannelSender[] = [fileChannel, webhookChannel];
