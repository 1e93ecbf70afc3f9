import { describe, expect, it } from 'vitest';
import { AppError } from '../core/index.ts';
import { writeError } from './write-error.ts';

/** Writes an error of ours whose cause quotes what was sent. */
function written(env: Readonly<Record<string, string>>): string {
  const lines: string[] = [];
  const stream = {
    write: (text: string) => void lines.push(text),
    isTerminal: false,
    width: undefined,
  };
  const cause = Object.assign(new TypeError('"Bearer canary\n    at canary" is no header value'), {
    code: 'ERR_INVALID_CHAR',
    headers: 'canary',
  });
  const error = new AppError('internal', { message: 'Something happened', cause });
  writeError('review', error, {}, { cwd: '/', env, stdout: stream, stderr: stream });
  return lines.join('');
}

/** Writes an error about a file. */
function placed(message: string, line?: number): string {
  const lines: string[] = [];
  const stream = {
    write: (text: string) => void lines.push(text),
    isTerminal: false,
    width: undefined,
  };
  const place = line === undefined ? {} : { line };
  const error = new AppError('usage', { message, file: 'a.csv', ...place });
  writeError('look', error, {}, { cwd: '/', env: {}, stdout: stream, stderr: stream });
  return lines.join('');
}

describe('writeError', () => {
  it('names a file once', () => {
    expect(placed('Expected a header')).toBe('error[usage] a.csv Expected a header\n');
    expect(placed('There is no file a.csv')).toBe('error[usage] There is no file a.csv\n');
    expect(placed('a.csv: expected a header', 3)).toBe(
      'error[usage] a.csv:3:1 expected a header\n',
    );
    expect(placed('expected a header', 3)).toBe('error[usage] a.csv:3:1 expected a header\n');
  });

  it('tells of an unexpected cause nothing, and where it was with SPENDPROOF_DEBUG=1, but never its message', () => {
    expect(written({})).toBe('error[internal] Something happened\n');
    const debug = written({ SPENDPROOF_DEBUG: '1' });
    expect(debug).toMatch(/^TypeError \(ERR_INVALID_CHAR\)\n {4}at .*write-error\.test/m);
    expect(debug).not.toContain('canary');
  });
});
