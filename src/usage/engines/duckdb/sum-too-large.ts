import { AppError } from '../../../core/index.ts';

/** Says that rows add up to more than the store's DECIMAL(38,18) holds, which is twenty digits before the point. */
export const sumTooLarge = (cause?: Error): AppError =>
  new AppError('export-unreadable', {
    message: 'The rows add up to a number of more than 20 digits',
    hint: 'Look for a column that holds something else than counts or amounts: no bill is that large.',
    cause,
  });
