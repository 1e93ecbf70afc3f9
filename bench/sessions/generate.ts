import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How much is written, from which session on, and whether talk and tool results stand beside the answers. */
export interface SessionSize {
  readonly bytes: number;
  readonly first: number;
  readonly bulk: boolean;
}

const MODELS = ['model-large', 'model-middle', 'model-small'];
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 7, 1);
const DAYS = 90;
/** Turns of one session; every fortieth is a long one. */
const TURNS = { usual: 48, long: 600 };

/**
 * Writes session files in the form in which Claude Code keeps them: answers on several lines whose counters grow, replayed by
 * sidechains under another request, written twice, and copied into resumed sessions. With `bulk`, five sixths of the bytes are
 * prompts and tool results, as in sessions of people; without, there are answers only, as in the reference's own fixtures.
 *
 * The same numbers give the same bytes.
 *
 * @returns how many files there are.
 */
export function generateSessions(folder: string, { bytes, first, bulk }: SessionSize): number {
  let written = 0;
  let number = first;
  for (; written < bytes; number += 1) {
    const project = join(folder, 'projects', `-work-project-${number % 17}`);
    mkdirSync(project, { recursive: true });
    written += writeSession(join(project, `${sessionId(number)}.jsonl`), number, bulk);
  }
  return number - first;
}

const sessionId = (number: number): string =>
  `5e551000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A generator of whole numbers below a bound: small, fast and the same everywhere. */
type Chance = (below: number) => number;

function chanceOf(seed: number): Chance {
  let state = (Math.imul(seed, 2_654_435_761) + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

interface Session {
  readonly number: number;
  readonly bulk: boolean;
  readonly chance: Chance;
  readonly lines: string[];
}

function writeSession(path: string, number: number, bulk: boolean): number {
  const chance = chanceOf(number);
  const session: Session = { number, bulk, chance, lines: [] };
  const turns = number % 40 === 7 ? TURNS.long : 1 + chance(TURNS.usual);
  const handle = openSync(path, 'w');
  let written = 0;
  for (let turn = 0; turn < (bulk ? turns : turns * 20); turn += 1) {
    writeTurn(session, turn);
    if (session.lines.length < 200) continue;
    written += writeSync(handle, session.lines.splice(0).join(''));
  }
  written += writeSync(handle, session.lines.join(''));
  closeSync(handle);
  return written;
}

function writeTurn(session: Session, turn: number): void {
  const { chance, bulk } = session;
  const answer = answerOf(session, turn);
  if (bulk)
    put(session, answer.at, 'user', { message: { role: 'user', content: words(chance, 900) } });
  // One answer stands on as many lines as it has blocks, and its output counter grows until the last.
  const blocks = 1 + chance(4);
  for (let block = 1; block <= blocks; block += 1) {
    putAnswer(session, { ...answer, output: Math.ceil((answer.output * block) / blocks) });
  }
  // A tool's result is the bulk of a session, and it stands there twice.
  const tools = bulk ? blocks - 1 : 0;
  for (let tool = 0; tool < tools; tool += 1) {
    const text = words(chance, chance(10) === 0 ? 40_000 : 6000);
    put(session, answer.at, 'user', {
      message: { role: 'user', content: [{ type: 'tool_result', content: text }] },
      toolUseResult: { stdout: text, stderr: '', interrupted: false, isImage: false },
    });
  }
  if (turn % 9 === 8) putAnswer(session, { ...answer, request: `${answer.request}_side` }, true);
  if (turn % 50 === 49) putAnswer(session, answer);
}

interface Answer {
  readonly id: string;
  readonly request: string;
  readonly model: string;
  readonly at: string;
  readonly input: number;
  readonly output: number;
  readonly read: number;
  readonly write: number;
}

/** Every twentieth session resumes the one before it and holds its first answers again, as they were. */
function answerOf({ number }: Session, turn: number): Answer {
  const of = number % 20 === 19 && turn < 5 ? number - 1 : number;
  const start = chanceOf(of * 31 + 5);
  const counts = chanceOf(of * 4099 + turn);
  const ms = START_MS + start(DAYS) * DAY_MS + start(DAY_MS) + turn * 7919;
  return {
    id: `msg_${of}_${turn}`,
    request: `req_${of}_${turn}`,
    model: MODELS[counts(MODELS.length)] ?? 'model-large',
    at: new Date(ms).toISOString(),
    input: 1 + counts(2000),
    output: 4 + counts(1500),
    read: counts(120_000),
    write: counts(9000),
  };
}

function putAnswer(session: Session, answer: Answer, isSidechain = false): void {
  const { chance, bulk } = session;
  const content = bulk ? [{ type: 'text', text: words(chance, 1500) }] : [];
  const said = {
    isSidechain,
    requestId: answer.request,
    message: {
      model: answer.model,
      id: answer.id,
      type: 'message',
      role: 'assistant',
      content,
      usage: {
        input_tokens: answer.input,
        cache_creation_input_tokens: answer.write,
        cache_read_input_tokens: answer.read,
        output_tokens: answer.output,
      },
    },
  };
  put(session, answer.at, 'assistant', said);
}

function put({ number, bulk, lines, chance }: Session, at: string, type: string, said: object) {
  const around = bulk
    ? {
        cwd: `/home/me/project-${number % 17}`,
        gitBranch: 'main',
        uuid: `${number}-${chance(2 ** 31)}`,
      }
    : {};
  const line = { type, sessionId: sessionId(number), version: '2.1.34', ...around, ...said };
  lines.push(`${JSON.stringify({ ...line, timestamp: at })}\n`);
}

/** Code and prose with what JSON must escape. */
const PIECES = [
  'const total = rows.reduce((sum, row) => sum + row.count, 0);\n',
  'export function parse(text: string): Result {\n\treturn JSON.parse(text);\n}\n',
  'The test fails because "usage" is read before the file is closed. ',
  'error: expected `;`, found `}`\n --> src/main.rs:42:17\n',
  'Ran 118 tests in 4.2 s; 2 failed. ',
  '\u001b[32m+ added 3 lines\u001b[0m\n',
  'C:\\Users\\dev\\project\\file.ts ',
  'größer als erwartet, siehe Zeile 7. ',
];
const TEXT_CHARACTERS = 131_072;
const TEXT = textOf(chanceOf(1));

function textOf(chance: Chance): string {
  let text = '';
  while (text.length < TEXT_CHARACTERS) text += PIECES[chance(PIECES.length)] ?? '';
  return text;
}

/** Up to so many characters, from anywhere. */
function words(chance: Chance, most: number): string {
  const start = chance(TEXT_CHARACTERS - most);
  return TEXT.slice(start, start + 1 + chance(most));
}
