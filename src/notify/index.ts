export type { Delivery, DeliveryPlace, Patience } from './channel.ts';
export { channelKinds, deliver } from './deliver.ts';
export { type Notice, noticeFromAlert } from './notice.ts';
