import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { AlertLine } from '../report/index.ts';

/** Lists the alerts since an instant, newest first, with who was reached, who acknowledged, and when they were over. */
export function alertLines(records: readonly StoredRecord[], since: string): readonly AlertLine[] {
  const of = <K extends StoredRecord['body']['kind']>(kind: K) =>
    records.filter((one): one is StoredRecord<RecordOf<K>> => one.body.kind === kind);
  const acknowledged = of('acknowledgement');
  const resolved = of('resolved');
  const deliveries = of('delivery');
  return of('alert')
    .filter(({ context }) => context.at >= since)
    .toReversed()
    .map(({ body, context }) => {
      const isOf = (one: { readonly body: { readonly alert: string } }): boolean =>
        one.body.alert === body.alert;
      const ack = acknowledged.find(isOf);
      const sent = deliveries.filter(isOf);
      const by = (outcome: 'delivered' | 'failed') =>
        sent.filter((one) => one.body.outcome === outcome).map((one) => one.body.channel);
      const reached = new Set(by('delivered'));
      return {
        alert: body.alert,
        budget: body.budget,
        rules: body.rules,
        severity: body.severity,
        owner: body.owner,
        at: context.at,
        acknowledgedAt: ack?.context.at ?? null,
        acknowledgedBy: ack?.body.by ?? null,
        resolvedAt: resolved.find(isOf)?.context.at ?? null,
        reached: [...reached],
        failed: [...new Set(by('failed'))].filter((channel) => !reached.has(channel)),
      };
    });
}
