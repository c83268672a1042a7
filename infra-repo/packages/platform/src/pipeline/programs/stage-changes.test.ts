import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AssemblyStack } from './assembly-stacks.ts';
import type { StackChanges } from './stack-changes.ts';
import { stageChanges } from './stage-changes.ts';
import { type MemoryAccount, memoryAccount } from './testing/memory-account.ts';
import { templateStack } from './testing/template-stacks.ts';

const table = '/enstratus/infra/table-name';
const topic = '/enstratus/infra/alarms-topic-arn';
const reads = (stackName: string) => `/enstratus/reads/${stackName}`;

let account: MemoryAccount;
beforeEach(async () => {
  account = await memoryAccount();
});
afterEach(() => account.stop());

/** What CloudFormation would have made of the stacks. */
function deployed(...stacks: AssemblyStack[]): void {
  for (const { stackName, template } of stacks) {
    account.templates.set(stackName, template);
    for (const { Properties } of Object.values(template.Resources))
      if (typeof Properties?.['Name'] === 'string') account.parameters.set(Properties['Name'], String(Properties['Value']));
  }
}

const changesOf = (...stacks: AssemblyStack[]): Promise<StackChanges[]> =>
  stageChanges(
    account.clients,
    { repo: 'infra-repo', stage: 'prod', stacks, needsContract: undefined },
    { limit_ms: -1, now: () => 0, pause: () => Promise.reject(new Error('waits')), say: () => undefined },
  );

describe('a deployment', () => {
  it('is refused when a parameter would vanish that other stacks still read: each is named with its readers, from whatever page', async () => {
    deployed(
      templateStack('EnstratusInfra', { writes: [table, topic] }),
      templateStack('EnstratusAppsync', { reads: [topic] }),
      templateStack('EnstratusDashboard', { reads: ['/enstratus/infra/site-url'] }),
      templateStack('EnstratusIngest', { reads: [topic, table] }),
    );
    await expect(changesOf(templateStack('EnstratusInfra'))).rejects.toThrow(
      /^Parameters would vanish in prod:\n\/enstratus\/infra\/table-name is still read by EnstratusIngest\n\/enstratus\/infra\/alarms-topic-arn is still read by EnstratusAppsync\n\/enstratus\/infra\/alarms-topic-arn is still read by EnstratusIngest$/,
    );
  });

  it('may take away what nobody reads, not even under a name that begins so', async () => {
    deployed(
      templateStack('EnstratusInfra', { writes: [table, topic] }),
      templateStack('EnstratusIngest', { reads: [`${table}-2`, topic] }),
    );
    const [changes] = await changesOf(templateStack('EnstratusInfra', { writes: [topic] }));
    expect(changes?.counts.removed).toBe(1);
  });

  it('may take away what its reader has ceased to read, or whose reader is gone', async () => {
    deployed(
      templateStack('EnstratusInfra', { writes: [table, topic] }),
      templateStack('EnstratusIngest', { reads: [table, topic] }),
      templateStack('EnstratusDocs', { reads: [table] }),
    );
    const next = templateStack('EnstratusInfra', { writes: [topic] });
    deployed(templateStack('EnstratusIngest', { reads: [topic] }));
    await expect(changesOf(next)).rejects.toThrow(`${table} is still read by EnstratusDocs`);
    account.parameters.delete(reads('EnstratusDocs'));
    await expect(changesOf(next)).resolves.toHaveLength(1);
  });

  it('may take away a parameter together with the reading of it, and what its stack said of its reads', async () => {
    deployed(templateStack('EnstratusInfra', { writes: [table] }), templateStack('EnstratusInfraMore', { reads: [table] }));
    await expect(changesOf(templateStack('EnstratusInfra'), templateStack('EnstratusInfraMore'))).resolves.toHaveLength(2);
  });

  it('is refused when its own stacks would go on reading what it takes away', async () => {
    deployed(templateStack('EnstratusInfra', { writes: [table] }), templateStack('EnstratusInfraMore', { reads: [table] }));
    await expect(changesOf(templateStack('EnstratusInfra'), templateStack('EnstratusInfraMore', { reads: [table] }))).rejects.toThrow(
      `Parameters would vanish in prod:\n${table} is still read by EnstratusInfraMore`,
    );
  });

  it('may move a parameter that is read to another of its stacks', async () => {
    deployed(templateStack('EnstratusInfra', { writes: [table] }), templateStack('EnstratusIngest', { reads: [table] }));
    await expect(
      changesOf(templateStack('EnstratusInfra'), templateStack('EnstratusInfraMore', { writes: [table] })),
    ).resolves.toMatchObject([
      { stackName: 'EnstratusInfra', counts: { removed: 1 } },
      { stackName: 'EnstratusInfraMore', counts: { added: 1 } },
    ]);
  });

  it('of what is not deployed yet takes nothing away', async () => {
    const [changes] = await changesOf(templateStack('EnstratusInfra', { writes: [table] }));
    expect(changes?.counts).toEqual({ added: 1, changed: 0, replaced: 0, removed: 0 });
  });

  it('is looked at only when the stage has what it reads', async () => {
    await expect(changesOf(templateStack('EnstratusIngest', { reads: [table] }))).rejects.toThrow(
      `prod is not ready for infra-repo:\nparameter ${table}`,
    );
    expect(account.calls).toEqual(['GetParameter']);
  });

  it('is refused when a stack reads a parameter of another repo and does not say so: nobody could know', async () => {
    const own = templateStack('EnstratusMore', { writes: ['/enstratus/own'] });
    const unsaid = templateStack('EnstratusIngest', {
      reads: [topic],
      readsUnsaid: [table, '/enstratus/own', '/aws/service/canonical/image'],
      property: '{{resolve:ssm:/enstratus/key:1}}',
    });
    await expect(changesOf(unsaid, own)).rejects.toThrow(
      new RegExp(
        `^EnstratusIngest reads ${table} and does not say so in ${reads('EnstratusIngest')}\nEnstratusIngest reads /enstratus/key and does not say so in ${reads('EnstratusIngest')}\nReading it`,
      ),
    );
  });

  it('is not taken for a first one when CloudFormation may not be asked', async () => {
    account.refuse('AccessDenied');
    await expect(changesOf(templateStack('EnstratusInfra'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
