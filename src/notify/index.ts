export { type AlertEventTold, noticeFromAlert } from './alert-notice.ts';
export type { Delivery, DeliveryPlace, Patience } from './channel.ts';
export { channelKinds, deliver } from './deliver.ts';
export { digestNotice } from './digest-notice.ts';
export { noticeFromRestatement } from './restatement-notice.ts';
export { type Notice, testNotice } from './notice.ts';
export { gathers, sendableAt, type Waiting } from './timing.ts';
