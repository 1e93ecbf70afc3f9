import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TableMapping } from '../plan/index.ts';
import { table } from './adapters/table.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { stageFile } from './engines/duckdb/stage.ts';

const USAGES = '../shared/data/exports/genai-prices/usages.json';

type Tokens = NonNullable<TableMapping['tokens']>;
interface Body {
  readonly [name: string]: unknown;
}
interface Oracle {
  readonly body: Body;
  readonly extracted: readonly { readonly usage: Readonly<Record<string, number>> }[];
}

const object = (value: unknown): Body =>
  typeof value === 'object' && value !== null ? (value as Body) : {};
const usageOf = (body: Body) => object(body['usage'] ?? body['usageMetadata']);

/** How each API counts: the declared semantics that the oracle's quantities must follow from. */
const APIS = {
  chat: {
    is: (usage: Body) => 'prompt_tokens' in usage,
    tokens: {
      input: 'usage.prompt_tokens',
      output: 'usage.completion_tokens',
      cacheRead: 'usage.prompt_tokens_details.cached_tokens',
      cacheWrite: 'usage.prompt_tokens_details.cache_write_tokens',
      reasoning: 'usage.completion_tokens_details.reasoning_tokens',
      total: 'usage.total_tokens',
      cacheInInput: 'yes',
      reasoningInOutput: 'yes',
      absent: 'none',
    },
  },
  responses: {
    is: (usage: Body) => 'input_tokens' in usage && 'total_tokens' in usage,
    tokens: {
      input: 'usage.input_tokens',
      output: 'usage.output_tokens',
      cacheRead: 'usage.input_tokens_details.cached_tokens',
      cacheWrite: 'usage.input_tokens_details.cache_write_tokens',
      reasoning: 'usage.output_tokens_details.reasoning_tokens',
      total: 'usage.total_tokens',
      cacheInInput: 'yes',
      reasoningInOutput: 'yes',
      absent: 'none',
    },
  },
  anthropic: {
    is: (usage: Body) => 'input_tokens' in usage && !('total_tokens' in usage),
    tokens: {
      input: 'usage.input_tokens',
      output: 'usage.output_tokens',
      cacheRead: 'usage.cache_read_input_tokens',
      cacheWrite: 'usage.cache_creation_input_tokens',
      cacheInInput: 'no',
      reasoningInOutput: 'unknown',
      absent: 'none',
    },
  },
  bedrock: {
    is: (usage: Body) => 'inputTokens' in usage,
    tokens: {
      input: 'usage.inputTokens',
      output: 'usage.outputTokens',
      cacheRead: 'usage.cacheReadInputTokens',
      cacheWrite: 'usage.cacheWriteInputTokens',
      total: 'usage.totalTokens',
      cacheInInput: 'no',
      reasoningInOutput: 'unknown',
      absent: 'none',
    },
  },
  gemini: {
    is: (usage: Body) => 'promptTokenCount' in usage,
    tokens: {
      input: 'usageMetadata.promptTokenCount',
      output: 'usageMetadata.candidatesTokenCount',
      cacheRead: 'usageMetadata.cachedContentTokenCount',
      reasoning: 'usageMetadata.thoughtsTokenCount',
      toolUse: 'usageMetadata.toolUsePromptTokenCount',
      total: 'usageMetadata.totalTokenCount',
      cacheInInput: 'yes',
      reasoningInOutput: 'no',
      absent: 'none',
    },
  },
} as const satisfies Record<string, { is: (usage: Body) => boolean; tokens: Tokens }>;
type Api = keyof typeof APIS;

interface Leaves {
  readonly id: number;
  readonly input: number | null;
  readonly read: number | null;
  readonly write: number | null;
  readonly output: number | null;
  readonly reasoning: number | null;
}

/** Reads bodies as JSON Lines by the mapping of their API, and gives every row's quantities. */
async function read(bodies: readonly (readonly [number, Body])[], tokens: Tokens) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'checksum-')));
  const path = join(folder, 'bodies.jsonl');
  const at = '2026-11-09T10:00:00Z';
  // Two lines at least: one object alone could be a page.
  const lines = bodies.map(([id, body]) => JSON.stringify({ at, id: String(id), ...body }));
  await writeFile(path, `${lines.join('\n')}\n\n`);
  const mapping: TableMapping = {
    format: { kind: 'jsonl', delimiter: ',' },
    key: ['id'],
    restatement: 'append',
    columns: { startAt: 'at', requestRef: 'id' },
    tokens,
  };
  const reading = table.recognise({ kind: 'jsonl', header: [], paths: [] }, mapping);
  if (reading === undefined) throw new Error('no reading');
  const connection = await openConnection({ files: [path], folders: [], spill: folder });
  const staged = await stageFile(connection, {
    path,
    name: 'bodies.jsonl',
    reading,
    zone: 'UTC',
    unitRate: undefined,
    target: { table: 'rows' },
  });
  const has = (column: string) => staged.columns.some((one) => one === column);
  const sum = (...columns: readonly string[]) =>
    columns
      .filter(has)
      .map((one) => `coalesce(${one}, 0)`)
      .join(' + ') || 'NULL';
  const first = (...columns: readonly string[]) => columns.filter(has).join(', ');
  const rows = await connection.rows(`SELECT request_ref AS id,
    CAST(CASE WHEN coalesce(${first('in_unsplit', 'in_uncached')}) IS NOT NULL THEN ${sum('in_unsplit', 'in_uncached', 'in_cache_read', 'in_cache_write')} END AS VARCHAR) AS input,
    CAST(${has('in_cache_read') ? 'in_cache_read' : 'NULL'} AS VARCHAR) AS read, CAST(${has('in_cache_write') ? 'in_cache_write' : 'NULL'} AS VARCHAR) AS write,
    CAST(CASE WHEN coalesce(${first('out_unsplit', 'out_visible')}) IS NOT NULL THEN ${sum('out_unsplit', 'out_visible', 'out_reasoning')} END AS VARCHAR) AS output,
    CAST(${has('out_reasoning') ? 'out_reasoning' : 'NULL'} AS VARCHAR) AS reasoning FROM rows`);
  await connection.close();
  await rm(folder, { recursive: true, force: true });
  const number = (text: string | null | undefined) => (text == null ? null : Number(text));
  const leaves = rows.map((row): Leaves => ({
    id: Number(row['id']),
    input: number(row['input']),
    read: number(row['read']),
    write: number(row['write']),
    output: number(row['output']),
    reasoning: number(row['reasoning']),
  }));
  return { leaves, staged };
}

/** Rows read, rows that contradict themselves, and rows whose output nobody says (Gemini leaves out a zero). */
const READ: Record<Api, readonly number[]> = {
  chat: [407, 2, 3],
  responses: [254, 0, 0],
  anthropic: [226, 0, 0],
  bedrock: [220, 0, 0],
  gemini: [451, 0, 18],
};

const all: readonly Oracle[] = existsSync(USAGES)
  ? (JSON.parse(readFileSync(USAGES, 'utf8')) as readonly Oracle[])
  : [];
const bodiesOf = (api: Api) =>
  all.flatMap(({ body }, id) => (APIS[api].is(usageOf(body)) ? [[id, body] as const] : []));

/** The richest of the oracle's extractions: the others read the same body as another API. */
const oracleOf = (id: number) =>
  (all[id]?.extracted ?? [])
    .map(({ usage }) => usage)
    .toSorted((left, right) => Object.keys(right).length - Object.keys(left).length)[0] ?? {};

describe.skipIf(all.length === 0)('1,577 provider usage bodies (skipped without ../shared)', () => {
  it('knows the API of all but Cohere’s', () => {
    const known = (Object.keys(APIS) as Api[]).map((api) => [api, bodiesOf(api).length]);
    expect([all.length, ...known]).toEqual([
      1577,
      ['chat', 409],
      ['responses', 254],
      ['anthropic', 226],
      ['bedrock', 220],
      ['gemini', 451],
    ]);
  });

  it.each(Object.keys(APIS) as Api[])('reads every leaf of %s as the oracle does', async (api) => {
    const { leaves, staged } = await read(bodiesOf(api), APIS[api].tokens);
    const differing = leaves.filter(({ id, input, read: cached, write, output, reasoning }) => {
      const oracle = oracleOf(id);
      const same = (ours: number | null, theirs: number | undefined) =>
        ours === null || ours === (theirs ?? 0);
      return !(
        same(input, oracle['input_tokens']) &&
        same(cached, oracle['cache_read_tokens']) &&
        same(write, oracle['cache_write_tokens']) &&
        same(output, oracle['output_tokens']) &&
        same(reasoning, oracle['output_reasoning_tokens'])
      );
    });
    const unknown = leaves.filter(({ output }) => output === null).length;
    expect([leaves.length, staged.quarantined, unknown]).toEqual(READ[api]);
    expect(differing).toEqual([]);
  });

  it('leaves out the two chat bodies that hide 62 and more thinking tokens from their parts', async () => {
    const { staged } = await read(bodiesOf('chat'), APIS.chat.tokens);
    expect(staged.quarantinedRows.map(({ reason }) => reason)).toEqual([
      'sum-mismatch',
      'sum-mismatch',
    ]);
  });

  it.each([
    ['bedrock', 'yes', 18, 'sum-mismatch'],
    ['anthropic', 'yes', 15, 'cached-exceeds-input'],
  ] as const)(
    'catches %s bodies that are declared inclusive by the rows that contradict it',
    async (api, cacheInInput, rows, reason) => {
      const { staged } = await read(bodiesOf(api), { ...APIS[api].tokens, cacheInInput });
      const found = staged.quarantinedRows.map((row) => row.reason);
      expect(found.filter((one) => one === reason || one === 'cached-exceeds-input')).toHaveLength(
        rows,
      );
    },
  );

  it('settles Bedrock, chat and Gemini by their totals when nobody declares anything', async () => {
    for (const api of ['bedrock', 'chat', 'gemini'] as const) {
      const declared = await read(bodiesOf(api), APIS[api].tokens);
      const open = await read(bodiesOf(api), {
        ...APIS[api].tokens,
        cacheInInput: 'unknown',
        reasoningInOutput: 'unknown',
      });
      expect(open.staged.quarantined).toBe(declared.staged.quarantined);
      const known = new Map(declared.leaves.map((row) => [row.id, row]));
      const other = open.leaves.filter(({ id, input, read: cached, output }) => {
        const row = known.get(id);
        const differs = (ours: number | null, theirs: number | null | undefined) =>
          ours !== null && ours !== theirs;
        return (
          differs(input, row?.input) || differs(cached, row?.read) || differs(output, row?.output)
        );
      });
      expect(other).toEqual([]);
    }
  });
});
