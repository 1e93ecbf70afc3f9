import { spawn, spawnSync } from 'node:child_process';

/** One real fetch of a page whose bytes differed from the fetch before. */
export interface CorpusFetch {
  readonly blob: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** A page of the corpus and its fetches, oldest first. */
export interface CorpusPage {
  readonly path: string;
  readonly url: string;
  readonly fetches: readonly CorpusFetch[];
  /** Seconds since 1970: when the page was taken off the watch, else the end of the corpus. */
  readonly until: number;
}

/** Below this many fetches a page says nothing about alarms over time. */
const FETCHES_MIN = 10;
const EMPTY = /^0+$/;

interface PageHistory {
  readonly url: string;
  readonly fetches: readonly CorpusFetch[];
  /** Null while the page is watched. */
  readonly until: number | null;
}

/** Lists the HTML pages of a bare clone of the corpus; only what git's log says, no body is read. */
export function corpusPages(repository: string): readonly CorpusPage[] {
  const pages = new Map<string, PageHistory>();
  let end = 0;
  for (const commit of gitLog(repository).split('\u0001').slice(1)) {
    const [header = '', body = '', changes = ''] = commit.split('\u0000');
    const at = Number(header);
    end = Math.max(end, at);
    const url = /^X-source-document-location: (\S+)/m.exec(body)?.[1];
    for (const { path, blob } of changedPages(changes)) {
      const page = pages.get(path);
      if (EMPTY.test(blob)) {
        if (page !== undefined) pages.set(path, { ...page, until: at });
      } else if (url !== undefined) {
        const fetches = [...(page?.fetches ?? []), { blob, at }];
        pages.set(path, { url, fetches, until: null });
      }
    }
  }
  return [...pages]
    .map(([path, page]) => ({ path, ...page, until: page.until ?? end }))
    .filter(({ fetches }) => fetches.length >= FETCHES_MIN)
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

const changedPages = (changes: string) =>
  changes.split('\n').flatMap((line) => {
    const [, blob, path] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) \w+\t(.+\.html)$/.exec(line) ?? [];
    return blob === undefined || path === undefined ? [] : [{ blob, path }];
  });

/** Gives the months, of 30.44 days, that all pages would have been watched from the first fetch of any to the last. */
export function spanMonths(pages: readonly CorpusPage[]): number {
  const first = Math.min(...pages.map(({ fetches, until }) => fetches[0]?.at ?? until));
  const last = Math.max(...pages.map(({ until }) => until));
  return (pages.length * (last - first)) / (30.44 * 86_400);
}

/** Gives the months, of 30.44 days, over which the pages were watched, added up. */
export const pageMonths = (pages: readonly CorpusPage[]): number =>
  pages.reduce(
    (sum, { fetches, until }) => sum + (until - (fetches[0]?.at ?? until)) / (30.44 * 86_400),
    0,
  );

/** Reads bodies one after the other through one `git cat-file`. */
export interface BlobReader {
  readonly read: (blob: string) => Promise<Uint8Array>;
  readonly close: () => void;
}

/** Starts a reader of blobs. */
export function openBlobs(repository: string): BlobReader {
  const child = spawn(
    'git',
    ['-c', 'core.deltaBaseCacheLimit=256m', '-C', repository, 'cat-file', '--batch'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const { stdin, stdout } = child;
  const chunks = stdout[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next: IteratorResult<unknown> = await chunks.next();
    if (next.done === true || !Buffer.isBuffer(next.value)) throw new Error('git ended early');
    buffer = Buffer.concat([buffer, next.value]);
  };
  const take = async (size: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0) {
      if (buffer.length === 0) await more();
      const part = buffer.subarray(0, missing);
      buffer = buffer.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  };
  const header = async (): Promise<string> => {
    while (!buffer.includes(10)) await more();
    return (await take(buffer.indexOf(10) + 1)).toString('latin1').trimEnd();
  };
  return {
    read: async (blob) => {
      stdin.write(`${blob}\n`);
      const [, kind, size] = (await header()).split(' ');
      if (kind !== 'blob') throw new Error(`${blob} is not in the corpus`);
      const body = Number(size) === 0 ? Buffer.alloc(0) : await take(Number(size));
      await take(1);
      return body;
    },
    close: () => child.kill(),
  };
}

function gitLog(repository: string): string {
  const { stdout, status } = spawnSync(
    'git',
    [
      '-C',
      repository,
      'log',
      '--reverse',
      '--raw',
      '--no-renames',
      '--no-abbrev',
      '--format=%x01%ct%x00%B%x00',
    ],
    { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${repository} is no git repository`);
  return stdout;
}
