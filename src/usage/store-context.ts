import type { Ports } from '../core/index.ts';
import type { Connection } from './engines/duckdb/connection.ts';

/** Where a store is, and what it has checked. */
export interface StoreContext {
  readonly folder: string;
  readonly temp: string;
  readonly seen: Map<string, string>;
  /** Opened on the first question, closed with the store. */
  readonly reader: { connection: Promise<Connection> | undefined };
  readonly ports: Ports;
}
