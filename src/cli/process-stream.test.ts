import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { processStream } from './process-stream.ts';

function streamOf(more: { readonly columns?: number } = {}) {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), more, {
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
  });
  return { stream, written };
}

it('writes nothing more to a pipe that its reader has closed, and goes on', () => {
  const { stream, written } = streamOf();
  const { write } = processStream(stream);
  write('one');
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  write('two');
  expect(written).toEqual(['one']);
});

it('does not pass over another error', () => {
  const { stream } = streamOf();
  processStream(stream);
  expect(() =>
    stream.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' })),
  ).toThrow('EIO');
});

it('takes a width of nothing for none', () => {
  expect(processStream(streamOf({ columns: 0 }).stream).width).toBeUndefined();
  expect(processStream(streamOf({ columns: 100 }).stream).width).toBe(100);
});
