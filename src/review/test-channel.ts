import { itemAt, sha256, ulid } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { deliver, testNotice } from '../notify/index.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/**
 * Sends a notice that says only that the channel works, and records how that ended.
 *
 * @throws {AppError} `usage` for a channel that the plan does not have.
 */
export async function testChannel(
  workspace: Workspace,
  id: string,
): Promise<StoredRecord<RecordOf<'delivery'>>> {
  const { plan, ports, root } = workspace;
  const channel = plan.notify.find((one) => one.id === id);
  if (channel === undefined) {
    throw unknownName(
      'channel',
      id,
      plan.notify.map((one) => one.id),
    );
  }
  const name = ulid(ports.clock.ms(), ports.random.bytes(10));
  const notice = testNotice(id, ports.clock.now(), name);
  const place = { folder: root, loopback: plan.network.loopback };
  const delivery = await deliver(channel, notice, place, ports);
  // No alert has this digest: a test is in the log of deliveries and touches no alert.
  const alert = sha256(notice.id);
  const stored = itemAt(
    await workspace.record<RecordOf<'delivery'>>([
      { kind: 'delivery', alert, channel: id, ...delivery },
    ]),
    0,
  );
  return stored;
}
