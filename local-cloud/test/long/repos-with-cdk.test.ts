import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdkTarget, cdk } from '../../src/start/cdk-cli.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { System } from '../system/system.ts';

/** An account of its own beside the running system's. */
const ACCOUNT = '444455556666';
/** Each repo's stack, in the order in which they are deployed. */
const STACKS = {
  'infra-repo': 'EnstratusInfra',
  'appsync-lambda-repo': 'EnstratusAppsync',
  'ingest-repo': 'EnstratusIngest',
  'dashboard-repo': 'EnstratusDashboard',
  docs: 'EnstratusDocs',
} as const;
type Repo = keyof typeof STACKS;
const repos = Object.keys(STACKS) as Repo[];
const root = join(import.meta.dirname, '..', '..', '..');

let directory: string;
let target: CdkTarget;
let cloudFormation: CloudFormationClient;
let ssm: SSMClient;

beforeAll(() => {
  const { endpoints } = new System();
  directory = mkdtempSync(join(tmpdir(), 'repos-with-cdk-'));
  target = { endpoint: endpoints.aws, account: ACCOUNT, region: endpoints.region, home: join(directory, 'cdk-home') };
  const options = { ...clientOptions(endpoints), credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' } };
  cloudFormation = new CloudFormationClient(options);
  ssm = new SSMClient(options);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const status = async (StackName: string) => (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;
const parameter = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;

async function run(repo: string, ...args: string[]): Promise<string> {
  const { code, output } = await cdk(join(root, repo), args, target);
  if (code !== 0) throw new Error(output);
  return output;
}

/** Changes a copy of an assembly's template as a commit would: the template has another hash, by which the CLI uploads it. */
function changed(repo: Repo, name: string, change: (template: { Resources: Record<string, unknown> }) => void): string {
  const copy = join(directory, name);
  cpSync(join(directory, repo), copy, { recursive: true });
  const stack = STACKS[repo];
  const file = join(copy, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, unknown> };
  change(template);
  const text = JSON.stringify(template);
  writeFileSync(file, text);
  const assets = join(copy, `${stack}.assets.json`);
  const { files } = JSON.parse(readFileSync(assets, 'utf8')) as { files: Record<string, { source: { path: string } }> };
  const [before = ''] = Object.entries(files).find(([, { source }]) => source.path === `${stack}.template.json`) ?? [];
  const after = createHash('sha256').update(text).digest('hex');
  for (const described of [assets, join(copy, 'manifest.json')]) {
    writeFileSync(described, readFileSync(described, 'utf8').replaceAll(before, after));
  }
  return copy;
}

const note = (value: string, Name: string) => ({ Type: 'AWS::SSM::Parameter', Properties: { Name, Type: 'String', Value: value } });
const deploy = ['--require-approval', 'never', '--progress', 'events'];

it('bootstraps, deploys, diffs, changes, rolls back and destroys each repo with the CDK CLI', { timeout: 600_000 }, async () => {
  await run('infra-repo', 'bootstrap', `aws://${ACCOUNT}/${target.region}`);
  for (const repo of repos) {
    const stack = STACKS[repo];
    const assembly = join(directory, repo);
    await run(repo, 'synth', '--quiet', '--output', assembly);
    expect(await run(repo, 'deploy', '--app', assembly, ...deploy)).toContain(`✅  ${stack}`);
    expect(await run(repo, 'diff', '--app', assembly)).toContain('There were no differences');
    expect(await run(repo, 'deploy', '--app', assembly, ...deploy)).toContain('(no changes)');

    const better = changed(repo, `${repo}-better`, ({ Resources }) => {
      Resources['Note'] = note('one', `/note/${repo}`);
    });
    expect(await run(repo, 'diff', '--app', better)).toMatch(/\[\+] AWS::SSM::Parameter/);
    await run(repo, 'deploy', '--app', better, ...deploy);
    expect(await parameter(`/note/${repo}`)).toBe('one');

    // Fails at the second resource: its name is taken.
    const worse = changed(repo, `${repo}-worse`, ({ Resources }) => {
      Resources['Note'] = note('two', `/note/${repo}`);
      Resources['Taken'] = { ...note('three', `/note/${repo}`), DependsOn: ['Note'] };
    });
    await expect(run(repo, 'deploy', '--app', worse, ...deploy)).rejects.toThrow(/already exists/i);
    expect(await status(stack)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await parameter(`/note/${repo}`)).toBe('one');
    await run(repo, 'deploy', '--app', better, ...deploy);
  }
  expect(await parameter(parameterNames.webhookSecret)).toMatch(/.{20,}/);

  for (const repo of repos.toReversed()) {
    await run(repo, 'destroy', '--app', join(directory, repo), '--all', '--force');
    await expect(status(STACKS[repo])).rejects.toThrow('does not exist');
  }
  // The secret goes with the stack that made it; the role that deletes it needs the right to.
  await expect(parameter(parameterNames.webhookSecret)).rejects.toMatchObject({ name: 'ParameterNotFound' });
});
