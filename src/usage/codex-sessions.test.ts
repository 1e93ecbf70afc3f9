import { expect, it } from 'vitest';
import { sessionProject } from '../../test/fixtures/usage/session-project.ts';

const project = async (files: Readonly<Record<string, string>>) =>
  await sessionProject('codex-sessions', files);

const line = (type: string, payload: object): string =>
  `${JSON.stringify({ timestamp: '2026-11-10T10:00:00.123Z', type, payload })}\n`;
const begin = (id: string) => line('session_meta', { id, cwd: '/work' });
const turn = (model: string) => line('turn_context', { model });
const talk = line('response_item', { type: 'message', content: 'x'.repeat(900) });

/** The event of a session's nth answer, each of 10 tokens in and 2 out. */
const used = (nth: number): string =>
  line('event_msg', {
    type: 'token_count',
    info: {
      total_token_usage: { input_tokens: 10 * nth, output_tokens: 2 * nth, total_tokens: 12 * nth },
      last_token_usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12 },
    },
  });

it('reads a folder of many sessions as one import, each line under the session and model before it in its own file', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, file) => [
      `s-${String(file).padStart(2, '0')}.jsonl`,
      begin(`session-${file}`) +
        talk +
        // Every second session says no model: the one that the file before it says is not its own.
        (file % 2 === 0 ? turn('model-a') : '') +
        used(1) +
        used(1) +
        (file % 2 === 0 ? turn('model-b') : '') +
        used(2),
    ]),
  );
  const { read, total, models } = await project({ ...files, 'silent.jsonl': begin('x') + talk });
  const result = await read();
  expect(result).toMatchObject({ accepted: 80, duplicate: 40, quarantined: 0, remaining: 0 });
  expect(result).toMatchObject({ skipped: 20 * 4 + 20 * 2 + 2 });
  expect(result.inputs).toHaveLength(41);
  expect(await total()).toEqual(['80', '800', '160']);
  expect(await models()).toEqual({ 'model-a': '20', 'model-b': '20', null: '40' });
  expect((await read()).kind).toBe('unchanged');
});

it('reads the same from files that are read at once and line by line', async () => {
  const whole = {
    'a.jsonl': `${begin('a')}${turn('model-a')}${used(1)}\r\n\n${used(2)}`,
    'b.jsonl': begin('b') + used(1) + talk,
    'c.jsonl': begin('a') + turn('model-a') + used(1) + begin('c') + used(2),
  };
  const once = await (await project(whole)).read();
  const torn = '{"timestamp":"2026-11-10T10:00:00Z","payload":{"inf';
  const byLines = await (
    await project(
      Object.fromEntries(Object.entries(whole).map(([name, text]) => [name, text + torn])),
    )
  ).read();
  expect(once).toMatchObject({ accepted: 4, duplicate: 1, quarantined: 0 });
  expect(byLines).toMatchObject({
    accepted: 4,
    duplicate: 1,
    quarantined: 3,
    skipped: once.skipped,
  });
  expect(byLines.content).toBe(once.content);
});

it('takes what images and other answers are called for no session: an event that is written again counts once', async () => {
  const image = line('response_item', { type: 'image_generation_call', id: 'ig_1', result: 'x' });
  const { read, total } = await project({ 'a.jsonl': begin('a') + used(1) + image + used(1) });
  expect(await read()).toMatchObject({ accepted: 1, duplicate: 1 });
  expect(await total()).toEqual(['1', '10', '2']);
});

it('keeps the order of lines in a file of many buffers', async () => {
  const turns = 24_000;
  const parts = Array.from(
    { length: turns },
    (_, at) => turn(`model-${at % 3}`) + talk + used(at + 1),
  );
  const { read, models } = await project({
    'a.jsonl': begin('a') + parts.join(''),
    'b.jsonl': begin('b') + used(1),
  });
  expect(await read()).toMatchObject({ accepted: turns + 1, duplicate: 0 });
  expect(await models()).toEqual({
    'model-0': String(turns / 3),
    'model-1': String(turns / 3),
    'model-2': String(turns / 3),
    null: '1',
  });
});
