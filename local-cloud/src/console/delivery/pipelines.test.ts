import { DisableStageTransitionCommand, EnableStageTransitionCommand } from '@aws-sdk/client-codepipeline';
import { describe, expect, it, vi } from 'vitest';
import {
  approval,
  build,
  DELIVERY,
  DEV,
  execute,
  pipelineTemplate,
  prepare,
  stage,
} from '../../services/codepipeline/testing/pipeline-template.ts';
import {
  answeredGate,
  changedExecution,
  executionDetail,
  gateDetail,
  type Pipeline,
  pipelineDetail,
  pipelineList,
} from '../shapes/pipelines.ts';
import { ConsoleBench, ONE } from './console-bench.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)>';
const console_ = ConsoleBench.forThisFile();
const pipeline = async (): Promise<Pipeline> => pipelineDetail.parse(await console_.read(ONE));
const stageOf = async (name: string) => (await pipeline()).stages.find((one) => one.name === name);
const gate = async () => gateDetail.parse(await console_.read(`${ONE}/gates/Gate/Approve`));
const GATE = stage('Gate', [approval('Approve', { Configuration: { CustomData: '#{Source.CommitId} to TEST | No rights change' } })]);
const SHOP = stage(
  'Dev',
  [
    prepare('Shop', 'assembly-Dev/Shop.template.json', 1),
    execute('Shop', 2, 'Shop'),
    build('Smoke', 'smoke', 'repo_Source', { RunOrder: 3 }),
  ],
  {
    OnFailure: { Result: 'FAIL' },
  },
);

/** Waits until somebody is asked, and answers the decision's token. */
const asked = (execution?: string) =>
  vi.waitFor(
    async () => {
      const { token, state, execution: of } = await gate();
      expect(state).toBe('needs_approval');
      if (execution !== undefined) expect(of?.id).toBe(execution);
      return token ?? '';
    },
    { timeout: 15_000 },
  );
const decide = (token: string, status: string, comment = '', headers?: Record<string, string>) =>
  console_.post(`${ONE}/approvals`, { stage: 'Gate', action: 'Approve', token, status, comment }, headers);

/** One life of a pipeline, told in order. */
describe('the console', () => {
  it('has no pipelines where there are none', async () => {
    expect(await console_.read('/pipelines')).toEqual({ pipelines: [] });
    expect((await console_.ask(ONE)).status).toBe(404);
  });

  it('shows a pipeline as it stands, by its commit and what each action does', async () => {
    console_.bench.fakes.commit('c1', {}, `${HOSTILE}\n\nand more`);
    await console_.bench.deploy('Pipeline', pipelineTemplate([SHOP, GATE]));
    await asked();
    const { pipelines } = pipelineList.parse(await console_.read('/pipelines?account=111122223333'));
    expect(pipelines).toEqual([await pipeline()]);
    const [one] = pipelines;
    expect(one).toMatchObject({ account: DELIVERY, name: 'repo', version: 1, source: { repository: 'repo', branch: 'main' } });
    expect(one?.executions).toMatchObject([
      { state: 'needs_approval', commit: { id: 'c1', message: `${HOSTILE}\n\nand more` }, started_by: { type: 'CreatePipeline' } },
    ]);
    const id = one?.executions[0]?.id;
    expect(one?.stages.map(({ name, state, execution }) => [name, state, execution === id])).toEqual([
      ['Source', 'succeeded', true],
      ['Build', 'succeeded', true],
      ['Dev', 'succeeded', true],
      ['Gate', 'needs_approval', true],
    ]);
    expect(one?.stages[2]).toMatchObject({
      account: DEV,
      rolls_back: false,
      actions: [
        { name: 'Shop.Prepare', kind: 'deploy', state: 'succeeded' },
        { name: 'Shop.Deploy', summary: 'Deployment Succeeded: CREATE_COMPLETE' },
        { name: 'Smoke', kind: 'build', build_id: expect.stringMatching(/^smoke:/) },
      ],
    });
    // The token of a decision stands where it is decided alone.
    expect(JSON.stringify(pipelines)).not.toContain((await gate()).token);
  });

  it('tells what an execution’s actions did, in order', async () => {
    const { executions } = await pipeline();
    const { execution, actions, can_retry, can_roll_back } = executionDetail.parse(
      await console_.read(`${ONE}/executions/${executions[0]?.id}`),
    );
    expect(execution).toEqual(executions[0]);
    expect(actions.map(({ stage: of, action, state }) => `${of}/${action} ${state}`)).toEqual([
      'Source/repo succeeded',
      'Build/Synth succeeded',
      'Dev/Shop.Prepare succeeded',
      'Dev/Shop.Deploy succeeded',
      'Dev/Smoke succeeded',
      'Gate/Approve needs_approval',
    ]);
    expect(actions[3]?.stack).toEqual({ account: DEV, region: 'us-east-2', name: 'Shop' });
    expect([can_retry, can_roll_back]).toEqual([[], []]);
    expect((await console_.ask(`${ONE}/executions/11111111-1111-4111-8111-111111111111`)).status).toBe(404);
  });

  it('lets no page but its own decide, and tells in AWS’s words why a token is not taken', async () => {
    const token = await asked();
    expect((await gate()).summary).toEqual(['c1 to TEST', 'No rights change']);
    for (const headers of [{}, { Origin: 'http://127.0.0.1:1' }, { Origin: 'https://attacker.example' }, { Origin: 'null' }] as Record<
      string,
      string
    >[])
      expect((await decide(token, 'Approved', '', headers)).status, JSON.stringify(headers)).toBe(403);
    const plain = await console_.ask(`${ONE}/approvals`, {
      method: 'POST',
      headers: { Origin: console_.origin, 'Content-Type': 'text/plain' },
      body: JSON.stringify({ stage: 'Gate', action: 'Approve', token, status: 'Approved', comment: '' }),
    });
    expect(plain.status).toBe(415);
    for (const what of ['starts', 'stops', 'retries', 'rollbacks'])
      expect((await console_.post(`${ONE}/${what}`, {}, { Origin: 'https://attacker.example' })).status, what).toBe(403);
    expect((await gate()).state).toBe('needs_approval');

    const wrong = await decide('11111111-1111-4111-8111-111111111111', 'Approved');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ code: 'InvalidApprovalTokenException', error: expect.stringContaining('token') });
    const misspelt = await decide(token, 'approved');
    expect(await misspelt.json()).toMatchObject({ error: expect.stringContaining('status') });
  });

  it('approves with a comment, once', async () => {
    const { execution, token = '' } = await gate();
    answeredGate.parse(await (await decide(token, 'Approved', HOSTILE)).json());
    await console_.bench.ends(execution?.id ?? '', 'Succeeded');
    expect(await gate()).toMatchObject({ state: 'succeeded', comment: HOSTILE, by: `arn:aws:iam::${DELIVERY}:root` });
    const again = await decide(token, 'Rejected');
    expect(await again.json()).toMatchObject({ code: 'ApprovalAlreadyCompletedException' });
  });

  it('starts anew, shows who waits before a closed stage, and why it is closed', async () => {
    const transition = { pipelineName: 'repo', stageName: 'Gate', transitionType: 'Inbound' as const };
    await console_.bench.client.send(new DisableStageTransitionCommand({ ...transition, reason: HOSTILE }));
    console_.bench.fakes.commit('c2', {}, 'Second');
    const { execution } = changedExecution.parse(await (await console_.post(`${ONE}/starts`, {})).json());
    await expect.poll(async () => (await stageOf('Gate'))?.waiting, { timeout: 15_000 }).toEqual([execution]);
    const { stages, executions } = await pipeline();
    expect(stages[3]?.closed).toMatchObject({ reason: HOSTILE, by: `arn:aws:iam::${DELIVERY}:root` });
    // The older one stands beside the newer one.
    expect(stages.map(({ execution: of }) => executions.find(({ id }) => id === of)?.commit?.id)).toEqual(['c2', 'c2', 'c2', 'c1']);
    expect(executions[0]).toMatchObject({ id: execution, state: 'in_progress', started_by: { detail: `arn:aws:iam::${DELIVERY}:root` } });
    await console_.bench.client.send(new EnableStageTransitionCommand(transition));
    await asked(execution);
  });

  it('stops with a reason, and takes up again', async () => {
    const { execution } = await gate();
    const id = execution?.id ?? '';
    const stopped = await console_.post(`${ONE}/stops`, { execution: id, abandon: true, reason: 'not today' });
    expect(stopped.status).toBe(200);
    await console_.bench.ends(id, 'Stopped');
    expect((await pipeline()).executions[0]).toMatchObject({ state: 'stopped', reason: 'not today' });
    const detail = executionDetail.parse(await console_.read(`${ONE}/executions/${id}`));
    expect(detail.can_retry).toEqual(['Gate']);
    expect((await console_.post(`${ONE}/retries`, { stage: 'Gate', execution: id, mode: 'FAILED_ACTIONS' })).status).toBe(200);
    const token = await asked(id);
    await decide(token, 'Rejected', 'no');
    await console_.bench.ends(id, 'Failed');
    expect(await gate()).toMatchObject({ state: 'failed', error: { code: 'JobFailed', message: expect.stringContaining('Rejected by') } });
  });

  it('goes back to what an older execution deployed', async () => {
    const { executions } = await pipeline();
    const older = executions.find(({ commit }) => commit?.id === 'c1')?.id ?? '';
    const detail = executionDetail.parse(await console_.read(`${ONE}/executions/${older}`));
    expect(detail.can_roll_back).toEqual(['Dev']);
    const answer = await console_.post(`${ONE}/rollbacks`, { stage: 'Dev', target: older });
    const { execution } = changedExecution.parse(await answer.json());
    await console_.bench.ends(execution, 'Succeeded');
    expect((await pipeline()).executions[0]).toMatchObject({
      id: execution,
      type: 'ROLLBACK',
      rollback_target: older,
      commit: { id: 'c1' },
    });
  });

  it('tells a failed action’s reason in AWS’s words', async () => {
    console_.bench.fakes.scripts.set('smoke', () => ({ status: 'FAILED', message: HOSTILE }));
    const { execution } = changedExecution.parse(await (await console_.post(`${ONE}/starts`, {})).json());
    await console_.bench.ends(execution, 'Failed');
    expect((await stageOf('Dev'))?.actions[2]).toMatchObject({
      state: 'failed',
      error: {
        code: 'JobFailed',
        message: `Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: ${HOSTILE}`,
      },
    });
    const { actions, can_retry } = executionDetail.parse(await console_.read(`${ONE}/executions/${execution}`));
    expect(actions.at(-1)?.error?.message).toContain(HOSTILE);
    expect(can_retry).toEqual(['Dev']);
  });

  it('releases an older commit once more', async () => {
    console_.bench.fakes.scripts.delete('smoke');
    const answer = await console_.post(`${ONE}/starts`, { commit: 'c1' });
    const { execution } = changedExecution.parse(await answer.json());
    await asked(execution);
    expect((await pipeline()).executions[0]).toMatchObject({ id: execution, commit: { id: 'c1' } });
  });

  it('names the execution whose failure made a stage go back', async () => {
    const back = { ...SHOP, OnFailure: { Result: 'ROLLBACK' } };
    await console_.bench.deploy('Pipeline', pipelineTemplate([back, GATE]));
    const good = (await pipeline()).executions[0]?.id ?? '';
    await asked(good);
    console_.bench.fakes.scripts.set('smoke', () => ({ status: 'FAILED' }));
    const { execution } = changedExecution.parse(await (await console_.post(`${ONE}/starts`, {})).json());
    await console_.bench.ends(execution, 'Failed');
    await expect.poll(async () => (await pipeline()).executions[0]?.type, { timeout: 15_000 }).toBe('ROLLBACK');
    expect((await pipeline()).executions[0]).toMatchObject({ failed_execution: execution, rollback_target: good });
  });

  it('looks into no account that has no pipelines, and makes none', async () => {
    for (const path of [
      `/pipelines/999988887777/us-east-2/repo`,
      `/pipelines/${DELIVERY}/eu-west-1/repo`,
      `/pipelines/${DELIVERY}/us-east-2/none`,
      '/builds/999988887777/us-east-2/a%3Ab',
    ]) {
      const answer = await console_.ask(path);
      expect([400, 404], path).toContain(answer.status);
    }
    expect((await console_.post('/pipelines/999988887777/us-east-2/repo/starts', {})).status).toBe(404);
    expect(console_.bench.cloud.cloud.state.scopesOf('codepipeline').map(({ account }) => account)).toEqual([DELIVERY]);
    expect((await console_.ask(`${ONE}/gates/Gate/None`)).status).toBe(404);
  });
});
