import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPorts } from '../cli/ports.ts';
import type { Instant, Ports } from '../core/index.ts';
import { attestSmokeUsage } from './attest-smoke.ts';
import { guardGap, guardHandoff } from './guard-evidence.ts';
import { initProject } from './init-project.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const PLAN = `version: 1
owner: finops
providers: [{ id: example, host: api.example.com }]
documents:
  - id: reference
    url: https://docs.example.com/
    purpose: Verify the request pattern
    claims: [{ id: chat, kind: endpoint, method: POST, path: /v1/chat }]
exports:
  - { id: quota, adapter: cometapi-quota, path: "x/*.json", approved: { by: finops, date: 2026-11-01, for: [smoke-evidence] } }
smoke:
  - id: minimal
    pattern: chat
    environment: staging
    request: { method: POST, path: /v1/chat, auth: { secret: { env: NONE } } }
    happy: { at: [{ pointer: /id, type: string }], trace: { from: ["pointer:/id"] } }
    error: { change: { auth: placeholder }, status: [401] }
    usageEvidence: { export: quota, by: attested }
    claims: [request-completed]
`;

let folder: string;
let workspace: Workspace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spendproof-gap-'));
  const mute = { write: () => {}, isTerminal: false, width: undefined };
  const env = { SPENDPROOF_HOME: join(folder, 'home') };
  const now = '2026-11-23T08:00:00Z' as Instant;
  const ports: Ports = {
    ...buildPorts({ cwd: folder, env, stdout: mute, stderr: mute }, true),
    clock: { now: () => now, ms: () => Date.parse(now) },
  };
  await writeFile(join(folder, 'spendproof.yaml'), PLAN);
  await initProject(folder, PLAN, ports);
  workspace = await openWorkspace({ cwd: folder, config: undefined, operator: undefined }, ports);
});
afterAll(async () => {
  await workspace.ledger.close();
  await rm(folder, { recursive: true, force: true });
});

describe('guardGap', () => {
  it('names a review that began and did not end', async () => {
    const period = {
      start: '2026-11-16T00:00:00Z',
      end: '2026-11-23T00:00:00Z',
      zone: 'UTC',
    };
    await workspace.record([
      {
        kind: 'review-start',
        review: '2026-W47',
        attempt: '01JD0000000000000000000000',
        trigger: 'cadence',
        ref: null,
        period,
      },
    ]);
    const { result, findings } = await guardGap(workspace);
    expect(result).toMatchObject({ outcome: 'inconclusive', reasons: ['evidence-gap'] });
    expect(result.missing).toEqual(['document:reference', 'review:2026-w47']);
    expect(findings.map(({ ruleId }) => ruleId)).toContain('evidence-gap/review');
  });
});

describe('guardHandoff', () => {
  it('cannot judge what was never handed over', async () => {
    expect((await guardHandoff(workspace)).result).toMatchObject({
      outcome: 'inconclusive',
      missing: ['part:handoff'],
    });
  });
});

describe('attestSmokeUsage', () => {
  it('refuses a stranger, and a test that was never sent', async () => {
    const [test] = workspace.plan.smoke;
    if (test === undefined) throw new Error('no smoke test');
    await expect(attestSmokeUsage(workspace, test, 'stranger')).rejects.toThrow('stranger');
    await expect(attestSmokeUsage(workspace, test, 'finops')).rejects.toThrow(
      'a run that was sent',
    );
  });

  it('records the role that has seen the usage of a run', async () => {
    const [test] = workspace.plan.smoke;
    if (test === undefined) throw new Error('no smoke test');
    const path = {
      outcome: 'pass',
      reasons: [],
      missing: [],
      status: 200,
      errorClass: 'none',
      transport: 'ok',
      assertions: [],
      routedTo: null,
    } as const;
    const [run] = await workspace.record([
      {
        kind: 'smoke',
        smoke: 'minimal',
        pattern: 'chat',
        environment: 'staging',
        review: null,
        outcome: 'pass',
        reasons: [],
        missing: [],
        requests: 2,
        fixture: null,
        baseRequest: null,
        credential: null,
        mutation: 'auth-placeholder',
        happy: path,
        error: path,
        trace: null,
        traceFrom: 'none',
        tlsKey: null,
        claims: [],
      },
    ]);
    const { body } = await attestSmokeUsage(workspace, test, 'finops');
    expect(body).toMatchObject({
      smoke: run?.ref,
      by: 'attested',
      outcome: 'pass',
      attestedBy: 'finops',
    });
    const trace = {
      ...test,
      usageEvidence: { export: 'quota', by: 'trace', within: '24h', mustMatch: [] },
    } as const;
    await expect(attestSmokeUsage(workspace, trace, 'finops')).rejects.toThrow('attested');
  });
});
