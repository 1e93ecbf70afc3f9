import type { TableMapping } from '../plan/index.ts';
import type { Conversion } from './conversion.ts';

/** What a person may tell about the files, beyond the files themselves. */
export interface LookOptions {
  /** Default: whichever adapter recognises the file. */
  readonly adapter?: string;
  readonly mapping?: TableMapping;
  /** IANA zone of times without an offset and of date buckets; default: what the adapter documents. */
  readonly zone?: string;
  readonly conversion?: Conversion;
}
