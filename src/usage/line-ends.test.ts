import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { mixedEnds } from './line-ends.ts';
import { look } from './look.ts';
import { mapFile } from './map-file.ts';

const HEADER =
  'generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug';
const row = (model: string) => `g,2026-11-09 10:00:00,1,1,1,${model}`;

async function fileOf(text: string): Promise<string> {
  const path = join(await realpath(await mkdtemp(join(tmpdir(), 'ends-'))), 'x.csv');
  await writeFile(path, text);
  return path;
}

it.each([
  [`${HEADER}\r\n${row('a')}\r\n${row('b')}\n`, 'its first line ends in CRLF, line 3 in LF', 'sed'],
  [`${HEADER}\n${row('a')}\r\n${row('b')}\n`, 'its first line ends in LF, line 2 in CRLF', 'sed'],
  [
    `${HEADER}\n${row('"a\r\nb"')}\n${row('a')}\r\n`,
    'its first line ends in LF, line 4 in CRLF',
    'sed',
  ],
  [`${HEADER}\n${row('a')}\r${row('b')}\n`, 'its first line ends in LF, line 2 in CR', 'editors'],
])('says which line of a table ends otherwise than the first (%#)', async (text, what, mend) => {
  const path = await fileOf(text);
  const refused = {
    code: 'export-unreadable',
    message: `x.csv: ${what}`,
    content: { hint: expect.stringContaining(mend) },
  };
  const ports = nodePorts('2026-11-23T09:00:00Z');
  await expect(look([path], {}, ports)).rejects.toMatchObject(refused);
  await expect(mapFile(path, ports)).rejects.toMatchObject(refused);
});

it.each([
  `${HEADER}\n${row('"a\r\nb"')}\n`,
  `${HEADER}\r\n${row('"a\nb"')}\r\n${row('"a ""\r"" b"')}`,
  HEADER,
])('says nothing of ends inside of quoted fields (%#)', async (text) => {
  expect(await mixedEnds(await fileOf(text), 'x.csv')).toBeUndefined();
});
