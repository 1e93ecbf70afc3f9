import { alertmanagerChannel } from './alertmanager.ts';
import type { ChannelSender } from './channel.ts';
import { emailChannel } from './email.ts';
import { fileChannel } from './file.ts';
import { githubChannel } from './github.ts';
import { gitlabChannel } from './gitlab.ts';
import { ntfyChannel } from './ntfy.ts';
import { pagerdutyChannel } from './pagerduty.ts';
import { slackChannel } from './slack.ts';
import { teamsChannel } from './teams.ts';
import { webhookChannel } from './webhook.ts';

/** Lists the channels that can be used, alphabetical. */
export const CHANNELS: readonly ChannelSender[] = [
  alertmanagerChannel,
  emailChannel,
  fileChannel,
  githubChannel,
  gitlabChannel,
  ntfyChannel,
  pagerdutyChannel,
  slackChannel,
  teamsChannel,
  webhookChannel,
];
