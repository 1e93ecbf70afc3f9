import type { Stream } from './world.ts';

/** What is needed of a stream of the process. */
interface ProcessStream {
  readonly on: (event: 'error', listener: (error: NodeJS.ErrnoException) => void) => unknown;
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/**
 * Writes to a stream of the process. That a reader closes the pipe early (`| head`) is no failure: nothing more is written, the
 * command ends its work, and what it found decides the exit status.
 */
export function processStream(stream: ProcessStream): Stream {
  let isOpen = true;
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    isOpen = false;
  });
  return {
    write: (text) => {
      if (isOpen) stream.write(text);
    },
    isTerminal: stream.isTTY,
    // Some terminals say that they have no columns.
    width: stream.columns === 0 ? undefined : stream.columns,
  };
}
