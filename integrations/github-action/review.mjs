// Runs a review and shows it where people look: job summary, annotation, one comment. No dependency; Node 20 or newer.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';

// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#job-summaries
const SUMMARY_BYTES_MAX = 1024 * 1024;
const COMMENT_MAX = 65_536;
const MARK = '<!-- spendproof:review';
const PAGES_MAX = 20;
const TIMEOUT_MS = 20_000;

const { env } = process;
const ran = review();
const changed = await commentOrWarn(ran);
output('outcome', ran.outcome);
output('review', ran.id);
output('changed', String(changed));
annotate(ran);
process.exitCode = ran.exit;

/** Runs what is asked for, and reads the result and its page from two outputs of the one review. */
function review() {
  const result = spendproof([...reviewWords(), '--json']);
  const envelope = parsed(result.stdout);
  const body = envelope?.data?.review?.body;
  if (body === undefined) {
    const isQuiet = envelope?.data?.ran === null;
    const text = isQuiet
      ? 'No review is due.'
      : 'The review could not be run; see the log of the job.';
    summary(`## Token budget review\n\n${text}\n`);
    return {
      outcome: isQuiet ? 'none' : 'error',
      id: '',
      page: '',
      state: '',
      exit: result.status ?? 1,
    };
  }
  const page = spendproof(['review', 'show', body.review, '--format', 'md']).stdout;
  summary(page);
  return {
    outcome: body.outcome,
    id: body.review,
    page,
    state: stateOf(body),
    exit: result.status ?? 1,
  };
}

function reviewWords() {
  const trigger = [
    '--trigger',
    env.INPUT_TRIGGER ?? '',
    '--ref',
    env.INPUT_REF || (env.GITHUB_SHA ?? ''),
  ];
  const words = { due: ['--due'], now: [], trigger }[env.INPUT_MODE || 'due'];
  if (words === undefined) throw new Error('Expected mode to be due, now or trigger');
  return ['review', ...words];
}

function spendproof(words) {
  const own = (env.INPUT_COMMAND ?? '').split(' ').filter((word) => word !== '');
  const [program, ...first] =
    own.length > 0 ? own : ['npx', '--yes', `spendproof@${env.INPUT_VERSION || 'latest'}`];
  const config = env.INPUT_CONFIG ? ['--config', env.INPUT_CONFIG] : [];
  // The token is for the comment: what runs here never sees it.
  const { INPUT_TOKEN: _, ...rest } = env;
  return spawnSync(program, [...first, ...words, ...config], {
    encoding: 'utf8',
    env: rest,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** What makes two results different for a reader: not their time, not their record. */
function stateOf({ outcome, nextAction, reasons, missing, held }) {
  const parts = JSON.stringify([outcome, nextAction, sorted(reasons), sorted(missing), held]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

/** A comment that cannot be written is a warning: the review itself is in the summary. */
async function commentOrWarn(result) {
  try {
    return await comment(result);
  } catch (error) {
    write(
      `::warning title=Spendproof::The comment could not be written (${error.cause?.code ?? error.message})`,
    );
    return false;
  }
}

function sorted(words) {
  return [...words].sort((left, right) => (left < right ? -1 : 1));
}

/** Keeps one comment on the pull request; says whether the result differs from what it showed. */
async function comment({ page, state, outcome }) {
  const number = pullRequest();
  if (number === undefined || !env.INPUT_TOKEN || state === '') return false;
  const issues = `/repos/${env.GITHUB_REPOSITORY}/issues`;
  const found = await ownComment(`${issues}/${number}/comments`);
  // Without a comment a pass is what everybody expects: silence.
  const isNews = found === undefined ? outcome !== 'pass' : !found.body.includes(`state=${state} `);
  if (!isNews && env.INPUT_COMMENT !== 'always') return false;
  const body = `${MARK} state=${state} -->\n${page}`.slice(0, COMMENT_MAX);
  if (found === undefined) await api('POST', `${issues}/${number}/comments`, { body });
  else await api('PATCH', `${issues}/comments/${found.id}`, { body });
  return isNews;
}

function pullRequest() {
  if (!env.GITHUB_EVENT_PATH || env.INPUT_COMMENT === 'never') return undefined;
  const event = parsed(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'));
  const number = event?.pull_request?.number ?? event?.issue?.number;
  return Number.isSafeInteger(number) ? number : undefined;
}

async function ownComment(path) {
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const comments = await api('GET', `${path}?per_page=100&page=${page}`);
    if (!Array.isArray(comments)) throw new Error('no list of comments');
    const found = comments.find(({ body }) => body?.startsWith(MARK));
    if (found !== undefined || comments.length < 100) return found;
  }
  return undefined;
}

async function api(method, path, value) {
  const answer = await fetch(`${env.GITHUB_API_URL}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.INPUT_TOKEN}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'spendproof',
    },
    ...(value === undefined ? {} : { body: JSON.stringify(value) }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // The answer's text could quote what was sent.
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return await answer.json();
}

/** One annotation of the outcome; a step may have ten. */
function annotate({ outcome, id }) {
  if (outcome === 'fail' || outcome === 'error') {
    write(`::error title=Spendproof::Token budget review ${id} ended ${outcome}`);
  }
  if (outcome === 'paused' || outcome === 'inconclusive') {
    write(`::warning title=Spendproof::Token budget review ${id} ended ${outcome}`);
  }
}

/** GitHub drops a whole summary that is too large. */
function summary(text) {
  if (!env.GITHUB_STEP_SUMMARY) return;
  const bytes = Buffer.from(text);
  const cut = bytes.subarray(0, SUMMARY_BYTES_MAX - 1024).toString('utf8');
  const isCut = bytes.byteLength > SUMMARY_BYTES_MAX - 1024;
  appendFileSync(env.GITHUB_STEP_SUMMARY, isCut ? `${cut}\n\nThe rest is in the record.\n` : text);
}

function output(name, value) {
  if (env.GITHUB_OUTPUT)
    appendFileSync(env.GITHUB_OUTPUT, `${name}=${value.replace(/\s/g, ' ')}\n`);
}

function write(line) {
  process.stdout.write(`${line}\n`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
