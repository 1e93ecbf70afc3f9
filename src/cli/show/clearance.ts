import type { Plan } from '../../plan/index.ts';
import type { Cleared } from '../../review/index.ts';
import type { CommandResult } from '../world.ts';

/** Shows whether an event may go ahead; what the plan does not make block is a warning. */
export function showClearance(
  event: string,
  ref: string | null,
  cleared: Cleared,
  triggers: Plan['review']['triggers'],
): CommandResult {
  const what = ref === null ? event : `${event} ${ref}`;
  const blocks = triggers.find((trigger) => trigger.event === event)?.blocks ?? false;
  const text = `${what}: ${wordsOf(cleared)}`;
  const isClear = cleared.kind === 'cleared';
  return {
    exit: isClear || !blocks ? 0 : 3,
    data: { event, ref, blocks, ...cleared },
    text,
    ...(isClear || blocks ? {} : { warnings: ['The plan does not make this block.'] }),
    ...(isClear
      ? {}
      : {
          notes: [
            `Next: spendproof review --trigger ${event}${ref === null ? '' : ` --ref ${ref}`}`,
          ],
        }),
  };
}

function wordsOf(cleared: Cleared): string {
  switch (cleared.kind) {
    case 'cleared':
      return `cleared by review ${cleared.review} of ${cleared.endedAt}`;
    case 'late':
      return `review ${cleared.review} of ${cleared.endedAt} passed, but less than ${cleared.lead} before it`;
    case 'not-passed':
      return `review ${cleared.review} ended ${cleared.outcome}`;
    case 'not-reviewed':
      return 'no review of it has ended';
    default:
      cleared satisfies never;
      return 'unknown';
  }
}
