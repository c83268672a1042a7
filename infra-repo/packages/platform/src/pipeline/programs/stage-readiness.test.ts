import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StageDeployment, stageIsReady } from './stage-readiness.ts';
import { type MemoryAccount, memoryAccount } from './testing/memory-account.ts';
import { templateStack } from './testing/template-stacks.ts';

const contractVersion = '/enstratus/infra/contract-version';
const table = '/enstratus/infra/table-name';
const api = '/enstratus/appsync/graphql-url';

let account: MemoryAccount;
beforeEach(async () => {
  account = await memoryAccount();
});
afterEach(() => account.stop());

/** Waits at most a minute by a clock that goes on only while it waits; what others do meanwhile comes one by one, each during a pause. */
async function ready(changes: Partial<StageDeployment>, meanwhile: readonly (() => void)[] = []) {
  const said: string[] = [];
  const pauses: number[] = [];
  let now = 1_000_000;
  const deployment = { repo: 'ingest-repo', stage: 'test', stacks: [], needsContract: undefined, ...changes };
  await stageIsReady(account.clients.ssm, deployment, {
    limit_ms: 60_000,
    now: () => now,
    async pause(ms) {
      meanwhile[pauses.length]?.();
      pauses.push(ms);
      now += ms;
    },
    say: (text) => said.push(text),
  });
  return { said, pauses };
}

const contractBecomes = (version: string) => () => {
  account.parameters.set(contractVersion, version);
};

describe('a stage', () => {
  it('waits while its account has no contract, an older one, or another major one, and goes on when it serves', async () => {
    const { said, pauses } = await ready({ needsContract: '1.2.3' }, [
      contractBecomes('1.2.2'),
      contractBecomes('2.2.3'),
      contractBecomes('0.9.9'),
      contractBecomes('1.3.0'),
    ]);
    expect(said).toEqual(
      ['none', '1.2.2', '2.2.3', '0.9.9'].map(
        (found) => `test is not ready for ingest-repo:\ncontract 1.2.3 (there is ${found})\nWaiting for it`,
      ),
    );
    expect(pauses).toEqual([10_000, 10_000, 10_000, 10_000]);
  });

  it('waits below 1.0.0 for the same minor version', async () => {
    const { pauses } = await ready({ needsContract: '0.2.1' }, [
      contractBecomes('0.3.1'),
      contractBecomes('0.2.0'),
      contractBecomes('0.2.2'),
    ]);
    expect(pauses).toHaveLength(3);
  });

  it('does not wait, and asks for no contract, when its repo needs none', async () => {
    expect(await ready({})).toEqual({ said: [], pauses: [] });
    expect(account.calls).toEqual([]);
  });

  it("waits for each parameter of other repos, by whatever way its stacks read it, and not for its own or the CDK's", async () => {
    const stacks = [
      templateStack('EnstratusIngest', { reads: [table, '/enstratus/ingest/own'] }),
      templateStack('EnstratusIngestMore', {
        writes: ['/enstratus/ingest/own'],
        property: `q-{{resolve:ssm:${api}:3}}-{{resolve:ssm-secure:/enstratus/key}}`,
      }),
    ];
    const comes = (name: string) => () => {
      account.parameters.set(name, 'x');
    };
    const { said } = await ready({ stacks }, [comes(api), comes(table), () => undefined, comes('/enstratus/key')]);
    const missing = (...names: string[]) =>
      `test is not ready for ingest-repo:\n${names.map((name) => `parameter ${name}`).join('\n')}\nWaiting for it`;
    // What it waits for is said again only when it has changed.
    expect(said).toEqual([missing(table, api, '/enstratus/key'), missing(table, '/enstratus/key'), missing('/enstratus/key')]);
  });

  it('gives up when its limit is over, and names all that is missing', async () => {
    contractBecomes('1.2.2')();
    let looks = 0;
    const look = () => {
      looks += 1;
    };
    const stacks = [templateStack('EnstratusIngest', { reads: [table, api] })];
    await expect(
      ready(
        { needsContract: '1.2.3', stacks },
        Array.from({ length: 100 }, () => look),
      ),
    ).rejects.toThrow(
      `test is not ready for ingest-repo:\ncontract 1.2.3 (there is 1.2.2)\nparameter ${table}\nparameter ${api}\nLet the pipelines that bring it do so, then retry this stage`,
    );
    expect(looks).toBe(7);
  });

  it('takes nothing for missing that it may not read', async () => {
    account.refuse('AccessDeniedException');
    await expect(ready({ needsContract: '1.2.3' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
