import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { ERROR_CODES } from './error-codes.ts';

describe('AppError', () => {
  it('ends in the exit status of its code', () => {
    expect(new AppError('plan-missing', { message: 'No plan' }).exit).toBe(2);
    expect(new AppError('ledger-corrupt', { message: 'Bad leaf' }).exit).toBe(
      ERROR_CODES['ledger-corrupt'].exit,
    );
  });

  it('keeps the message, the content and the cause', () => {
    const cause = new Error('ENOSPC');
    const error = new AppError('disk-full', {
      message: 'The disk is full',
      hint: 'Free some.',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.cause]).toEqual([
      'AppError',
      'The disk is full',
      cause,
    ]);
    expect(error.content.hint).toBe('Free some.');
  });

  it('has no cause when there is none', () => {
    expect('cause' in new AppError('internal', { message: 'x' })).toBe(false);
  });
});
