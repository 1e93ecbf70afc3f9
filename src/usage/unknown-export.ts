import { AppError } from '../core/index.ts';
import type { Adapter, Shape } from './adapters/adapter.ts';
import { ADAPTERS } from './adapters/registry.ts';

/** Makes the error of a file that no adapter recognises: what it looks like, which formats come near, and how to go on. */
export function unknownExport(name: string, shape: Shape): AppError {
  return new AppError('export-unknown', {
    message: `Expected an export that an adapter knows, got ${shapeWords(shape)}`,
    hint:
      shape.kind === 'json'
        ? JSON_HINT
        : 'Propose a mapping of its columns: `spendproof usage map FILE`.',
    file: name,
    details: nearest(shape).map(({ id, expects }) => `${id} expects ${expects}`),
  });
}

const JSON_HINT =
  'Where it holds rows, write them one a line, for example with `jq -c ".data[]" FILE > rows.jsonl`, then propose a mapping: `spendproof usage map rows.jsonl`.';

/** Says what a file looks like from outside. */
export function shapeWords(shape: Shape): string {
  switch (shape.kind) {
    case 'json':
      return `JSON with ${listed(jsonNames(shape), 'keys')}`;
    case 'jsonl':
      return `JSON Lines with ${listed(shape.header, 'keys')}`;
    case 'parquet':
      return `Parquet with ${listed(shape.header, 'columns')}`;
    case 'csv':
      return `CSV with ${listed(shape.header, 'columns')}`;
    default:
      shape satisfies never;
      throw new TypeError('Unknown shape');
  }
}

const jsonNames = ({ keys }: Shape & { kind: 'json' }): readonly string[] =>
  keys['$'] ?? keys['$[0]'] ?? [];

const NAMES_SHOWN = 12;
/** The first line of a text that is no table may be a whole sentence. */
const NAME_MAX = 40;

function listed(names: readonly string[], what: string): string {
  const shown = names
    .slice(0, NAMES_SHOWN)
    .map((name) => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name))
    .join(', ');
  if (names.length === 0) return `no ${what}`;
  return names.length > NAMES_SHOWN
    ? `${shown} and ${names.length - NAMES_SHOWN} more ${what}`
    : shown;
}

const NEAREST_SHOWN = 3;

/** The formats that share the most names with the file, two at least: an older header or another page of one source. */
function nearest(shape: Shape): readonly Adapter[] {
  const names = new Set(shape.kind === 'json' ? Object.values(shape.keys).flat() : shape.header);
  return Object.values<Adapter>(ADAPTERS)
    .map((adapter) => ({
      adapter,
      shared: adapter.expects
        .split(/[^\w$()/ ]+| and | or | with /)
        .filter((word) => names.has(word.trim())).length,
    }))
    .filter(({ shared }) => shared > 1)
    .toSorted((left, right) => right.shared - left.shared)
    .slice(0, NEAREST_SHOWN)
    .map(({ adapter }) => adapter);
}
