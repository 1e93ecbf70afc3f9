import { AppError } from '../core/index.ts';
import type { PlanExport } from '../plan/index.ts';

/**
 * Refuses a file whose approval does not hold on a date.
 *
 * @throws {AppError} `approval-missing` before the approval begins and after it has ended.
 */
export function refuseUnapproved(
  { id, approved }: Pick<PlanExport, 'id' | 'approved'>,
  today: string,
): void {
  if (approved.date <= today && (approved.until === undefined || today <= approved.until)) return;
  throw new AppError('approval-missing', {
    message: `Expected an approval of ${id} that holds on ${today}, got one from ${approved.date} until ${approved.until ?? 'further notice'}`,
    hint: 'Let its approver renew `approved` in the plan.',
  });
}
