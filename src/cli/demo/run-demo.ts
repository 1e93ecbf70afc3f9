import { join } from 'node:path';
import { AppError, type Ports } from '../../core/index.ts';
import { verifyLedger } from '../../evidence/index.ts';
import { renderReview } from '../../report/index.ts';
import {
  acceptDocument,
  checkAndRecord,
  initProject,
  loadReport,
  openWorkspace,
  runReview,
  type Workspace,
  writeReport,
} from '../../review/index.ts';
import { widthOf } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';
import { startExampleProvider } from './example-provider.ts';
import { writeExampleProject } from './example-project.ts';

const KEY_VARIABLE = 'SPENDPROOF_DEMO_KEY';

/**
 * Makes the example project in a folder, starts the example provider on loopback, runs the whole review against it,
 * verifies the ledger that was written, and ends.
 *
 * @throws {AppError} `plan-exists` when the folder holds a plan already: a demo changes nothing that was there.
 */
export async function runDemo(call: Call, folder: string, isKept: boolean): Promise<CommandResult> {
  const key = `example-${Buffer.from(call.ports.random.bytes(16)).toString('hex')}`;
  const provider = await startExampleProvider({
    key,
    logFile: join(folder, 'exports', 'staging', 'requests.jsonl'),
    now: call.ports.clock.ms,
  });
  try {
    const ports = demoPorts(call.ports, folder, key);
    call.ports.log.progress('demo: writing the example project');
    const planText = await writeExampleProject(folder, {
      host: provider.host,
      now: ports.clock.now(),
      keyVariable: KEY_VARIABLE,
    });
    await initProject(folder, planText, ports);
    const workspace = await openWorkspace(
      { cwd: folder, config: join(folder, 'spendproof.yaml'), operator: undefined },
      ports,
    );
    try {
      return await review(call, workspace, isKept ? folder : undefined);
    } finally {
      await workspace.ledger.close();
    }
  } finally {
    await provider.close();
  }
}

/** The demo keeps its keys in its own folder and its credential in memory; nothing of it touches the user's own. */
function demoPorts(ports: Ports, folder: string, key: string): Ports {
  const env = { ...ports.env, SPENDPROOF_HOME: join(folder, 'keys'), [KEY_VARIABLE]: key };
  return {
    ...ports,
    env,
    secrets: {
      read: async (ref) =>
        'env' in ref && ref.env === KEY_VARIABLE ? key : await ports.secrets.read(ref, folder),
    },
  };
}

async function review(
  call: Call,
  workspace: Workspace,
  kept: string | undefined,
): Promise<CommandResult> {
  const { plan, ports } = workspace;
  const documents = plan.documents.map(({ id }) => id);
  await checkAndRecord(workspace, { ids: documents, review: null, now: ports.clock.now() });
  for (const id of documents) await acceptDocument(workspace, id, plan.owner);
  const ended = await runReview(workspace, { trigger: 'cadence', ref: null, asOf: undefined });
  await writeReport(workspace, ended.body.review);
  await workspace.ledger.publish();
  const verdict = await verifyLedger(
    { folder: workspace.ledger.folder, home: workspace.home },
    ports,
  );
  if (!verdict.ok) {
    throw new AppError('ledger-corrupt', {
      message: `The demo's ledger does not verify: ${verdict.problems[0]?.message ?? 'no reason given'}`,
    });
  }
  const { bundle, plan: reviewed } = await loadReport(workspace, ended.body.review);
  const { text } = renderReview('terminal', bundle, reviewed, widthOf(call));
  return {
    exit: 0,
    data: {
      review: ended.body.review,
      outcome: ended.body.outcome,
      record: ended.ref,
      ledger: { size: verdict.size, root: verdict.root, ok: true },
      folder: kept ?? null,
    },
    text: [
      'An example team, an example provider on this machine, invented usage: nothing left this computer.',
      '',
      text.trimEnd(),
      '',
      `Ledger  ok, ${verdict.size} entries, chain intact, ${verdict.checkpoints} signed checkpoints`,
    ].join('\n'),
    notes: lookFurther(kept, ended.body.review),
  };
}

function lookFurther(kept: string | undefined, id: string): readonly string[] {
  if (kept === undefined)
    return ['', 'To look further, keep the project: spendproof demo --dir demo'];
  return [
    '',
    `The project is in ${kept}. To look further, go there and run:`,
    '  spendproof ledger verify',
    '  spendproof ledger log',
    '  spendproof plan --expanded',
    `  cat .spendproof/views/${id}.md`,
    '  spendproof look exports/quota/quota.json',
    `Commands that record need its keys: SPENDPROOF_HOME=${join(kept, 'keys')}`,
  ];
}
