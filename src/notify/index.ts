export { noticeFromAlert } from './alert-notice.ts';
export type { Delivery, DeliveryPlace, Patience } from './channel.ts';
export { channelKinds, deliver } from './deliver.ts';
export { type Fact, type Notice, type NoticeContent, noticeOf, testNotice } from './notice.ts';
