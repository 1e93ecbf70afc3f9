import { type Json, sha256 } from '../core/index.ts';
import { cut, type Notice } from './notice.ts';

/** What an alert says beside its labels. */
export const annotationsOf = (notice: Notice): Readonly<Record<string, string>> => ({
  summary: cut(notice.title, 300),
  description: cut(notice.text, 4000),
});

/**
 * Writes a notice as Alertmanager writes it to a webhook, version 4.
 *
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function alertmanagerMessage(notice: Notice, receiver: string): Json {
  const status = notice.state === 'resolved' ? 'resolved' : 'firing';
  const annotations = annotationsOf(notice);
  const { labels } = notice;
  return {
    version: '4',
    groupKey: `{}:{thread="${notice.thread}"}`,
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels: { thread: notice.thread },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: notice.startsAt,
        // Alertmanager writes this for an alert that has no end.
        endsAt: notice.endsAt ?? '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: sha256(notice.subject).slice('sha256:'.length, 'sha256:'.length + 16),
      },
    ],
  };
}
