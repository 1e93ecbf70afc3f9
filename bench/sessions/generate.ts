import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How much is written, and from which file on: two calls with different numbers share no message. */
export interface SessionSize {
  readonly bytes: number;
  readonly first: number;
}

const MODELS = ['model-large', 'model-middle', 'model-small'];
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 7, 1);
const DAYS = 90;
/** Of one session; a few are fifty times the usual size, as long sessions are. */
const TURNS = { usual: 24, long: 1200 };

/**
 * Writes session files as Claude Code keeps them: mostly bulk (tool results, files, answers), and answers on several lines whose
 * counters grow, replayed by sidechains under another request and copied whole into resumed sessions.
 *
 * The same numbers give the same bytes.
 *
 * @returns the paths of the files.
 */
export function generateSessions(folder: string, { bytes, first }: SessionSize): string[] {
  const paths: string[] = [];
  let written = 0;
  for (let number = first; written < bytes; number += 1) {
    const project = join(folder, `-work-project-${number % 17}`);
    mkdirSync(project, { recursive: true });
    const path = join(project, `${sessionId(number)}.jsonl`);
    written += writeSession(path, number);
    paths.push(path);
  }
  return paths;
}

const sessionId = (number: number): string =>
  `5e551000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A generator of numbers below a bound: small, fast and the same everywhere. */
type Chance = (below: number) => number;

function chanceOf(seed: number): Chance {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

interface Session {
  readonly number: number;
  readonly chance: Chance;
  readonly lines: string[];
  /** Milliseconds since 1970. */
  now: number;
}

function writeSession(path: string, number: number): number {
  const chance = chanceOf(number);
  const turns = number % 40 === 7 ? TURNS.long : 1 + chance(TURNS.usual * 2);
  const session: Session = {
    number,
    chance,
    lines: [],
    now: START_MS + chance(DAYS) * DAY_MS + chance(DAY_MS),
  };
  session.lines.push(
    JSON.stringify({ type: 'summary', summary: words(chance, 40), leafUuid: uuid(chance) }),
  );
  const handle = openSync(path, 'w');
  let written = 0;
  const flush = () => {
    const text = session.lines.map((line) => `${line}\n`).join('');
    written += writeSync(handle, text);
    session.lines.length = 0;
  };
  for (let turn = 0; turn < turns; turn += 1) {
    writeTurn(session, turn);
    if (session.lines.length > 200) flush();
  }
  flush();
  closeSync(handle);
  return written;
}

function writeTurn(session: Session, turn: number): void {
  const { chance, lines } = session;
  lines.push(userLine(session, words(chance, 80 + chance(400))));
  const answer = answerOf(session, turn);
  // One answer stands on as many lines as it has blocks, and its output counter grows until the last.
  const blocks = 1 + chance(4);
  for (let block = 1; block <= blocks; block += 1) {
    const share = { ...answer, output: Math.ceil((answer.output * block) / blocks) };
    lines.push(answerLine(session, share, { isSidechain: false }));
  }
  // A tool's result is the bulk of a session, and it stands there twice.
  for (let tool = 0; tool < blocks - 1; tool += 1) lines.push(toolLine(session));
  if (turn % 9 === 8) {
    const replay = { ...answer, request: `${answer.request}-side` };
    lines.push(answerLine(session, replay, { isSidechain: true }));
  }
  if (turn % 50 === 49) lines.push(answerLine(session, answer, { isSidechain: false }));
}

interface Answer {
  readonly id: string;
  readonly request: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly read: number;
  readonly write: number;
}

/** Every twentieth session resumes the one before it and holds its first answers again. */
function answerOf({ number, chance }: Session, turn: number): Answer {
  const of = number % 20 === 19 && turn < 5 ? number - 1 : number;
  const counts = chanceOf(of * 4099 + turn);
  chance(2);
  return {
    id: `msg_${of}_${turn}`,
    request: `req_${of}_${turn}`,
    model: MODELS[counts(MODELS.length)] ?? 'model-large',
    input: 1 + counts(2000),
    output: 4 + counts(1500),
    read: counts(120_000),
    write: counts(9000),
  };
}

const head = (session: Session, type: string, isSidechain: boolean) => {
  session.now += 200 + session.chance(20_000);
  return {
    parentUuid: uuid(session.chance),
    isSidechain,
    userType: 'external',
    cwd: `/work/project-${session.number % 17}`,
    sessionId: sessionId(session.number),
    version: '2.1.34',
    gitBranch: 'main',
    type,
  };
};

const tail = (session: Session) => ({
  uuid: uuid(session.chance),
  timestamp: new Date(session.now).toISOString(),
});

function userLine(session: Session, text: string): string {
  return JSON.stringify({
    ...head(session, 'user', false),
    message: { role: 'user', content: text },
    ...tail(session),
  });
}

function toolLine(session: Session): string {
  const text = words(session.chance, 200 + session.chance(session.chance(10) === 0 ? 6000 : 900));
  return JSON.stringify({
    ...head(session, 'user', false),
    message: {
      role: 'user',
      content: [
        { tool_use_id: `toolu_${uuid(session.chance)}`, type: 'tool_result', content: text },
      ],
    },
    ...tail(session),
    toolUseResult: { stdout: text, stderr: '', interrupted: false, isImage: false },
  });
}

function answerLine(
  session: Session,
  answer: Answer,
  { isSidechain }: { readonly isSidechain: boolean },
): string {
  const { chance } = session;
  return JSON.stringify({
    ...head(session, 'assistant', isSidechain),
    message: {
      model: answer.model,
      id: answer.id,
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: words(chance, 20 + chance(300)) }],
      stop_reason: 'tool_use',
      stop_sequence: '',
      usage: {
        input_tokens: answer.input,
        cache_creation_input_tokens: answer.write,
        cache_read_input_tokens: answer.read,
        cache_creation: { ephemeral_5m_input_tokens: answer.write, ephemeral_1h_input_tokens: 0 },
        output_tokens: answer.output,
        service_tier: 'standard',
      },
    },
    requestId: answer.request,
    ...tail(session),
  });
}

const HEX = '0123456789abcdef';

function uuid(chance: Chance): string {
  const part = (length: number) => Array.from({ length }, () => HEX[chance(16)] ?? '0').join('');
  return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`;
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

function words(chance: Chance, count: number): string {
  const parts: string[] = [];
  for (let word = 0; word < count; word += 4) parts.push(PIECES[chance(PIECES.length)] ?? '');
  return parts.join('');
}
