import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, DEV, execute, pipelineTemplate, prepare, stage } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const FILE = 'shop.json';
const template = (size: object) =>
  JSON.stringify({
    Parameters: { Size: { Type: 'Number', Default: '1' }, Other: { Type: 'String', Default: 'none' } },
    Resources: { Thing: { Type: 'Test::Things::Thing', Properties: { Name: 'shop-thing', Size: size, Link: { Ref: 'Other' } } } },
    Outputs: { Link: { Value: { Ref: 'Other' } }, Arn: { Value: { 'Fn::GetAtt': ['Thing', 'Arn'] } } },
  });
const parameter = { Ref: 'Size' };
const thing = () => bench.things.existing.get('shop-thing');

function grant(policy: unknown, action: string): void {
  for (const { Action } of (policy as { Statement: { Action: string | string[] }[] }).Statement)
    if (Array.isArray(Action)) Action.push(action);
}

/** An action that has its stack created or updated in one go. */
const createUpdate = (more: Record<string, unknown> = {}, members: object = {}) => {
  const made = prepare('Shop', FILE, 1, { ActionMode: 'CREATE_UPDATE', ...more });
  return { ...made, ...members, Name: 'Deploy' };
};
const remove = (RunOrder: number) => ({
  ...execute('Shop', RunOrder, 'Removed'),
  Name: 'Remove',
  Configuration: { StackName: 'Shop', ActionMode: 'DELETE_ONLY', RoleArn: `arn:aws:iam::${DEV}:role/cdk-cfn-exec-role` },
});

it('creates a stack and updates it, with parameters and outputs as variables and as a file', async () => {
  bench.synthesizes({ files: { [FILE]: template(parameter) } });
  const deploy = createUpdate(
    { ParameterOverrides: '{"Size":"7","Other":"#{Source.CommitId}"}', OutputFileName: 'outputs.json' },
    { OutputArtifacts: [{ Name: 'Outputs' }], Namespace: 'Shop' },
  );
  const withOutput = pipelineTemplate([stage('Dev', [deploy])]);
  // What CDK grants to a role of another account that writes an output artifact.
  grant(withOutput.Resources['BucketPolicy']?.Properties['PolicyDocument'], 's3:PutObject');
  grant(withOutput.Resources['Key']?.Properties['KeyPolicy'], 'kms:GenerateDataKey*');
  await bench.deploy('Pipeline', withOutput);
  await bench.ends(await bench.first(), 'Succeeded');
  expect(thing()).toEqual({ size: 7, link: 'c1' });

  const { actionExecutionDetails = [] } = await bench.client.send(new ListActionExecutionsCommand({ pipelineName: 'repo' }));
  const { output } = actionExecutionDetails.find(({ actionName }) => actionName === 'Deploy') ?? {};
  expect(output?.outputVariables).toEqual({ Link: 'c1', Arn: 'arn:aws:things:::shop-thing' });
  const { bucket: Bucket, key: Key } = output?.outputArtifacts?.[0]?.s3location ?? {};
  const { Body } = await new S3Client(bench.cloud.client).send(new GetObjectCommand({ Bucket, Key }));
  const zip = await fromBufferPromise(Buffer.from((await Body?.transformToByteArray()) ?? []));
  for await (const entry of zip.eachEntry()) {
    expect(entry.fileName).toBe('outputs.json');
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ Link: 'c1', Arn: 'arn:aws:things:::shop-thing' });
  }

  bench.fakes.commit('c2', {});
  await bench.ends(await bench.start(), 'Succeeded');
  expect(thing()).toEqual({ size: 7, link: 'c2' });
  // The same again: nothing to update is success.
  await bench.ends(await bench.start(), 'Succeeded');
});

it('takes parameters and tags out of a configuration file, and the overrides before them', async () => {
  const configuration = JSON.stringify({ Parameters: { Size: '3', Other: 'of the file' }, Tags: { team: 'ingest' } });
  bench.synthesizes({ files: { [FILE]: template(parameter), 'config.json': configuration } });
  const more = { TemplateConfiguration: 'Synth_Output::config.json', ParameterOverrides: '{"Size":"4"}' };
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [prepare('Shop', FILE, 1, more), execute('Shop', 2, 'Shop')])]));
  await bench.ends(await bench.first(), 'Succeeded');
  expect(thing()).toEqual({ size: 4, link: 'of the file' });
  const { Stacks } = await bench.cloudformation(DEV).send(new DescribeStacksCommand({ StackName: 'Shop' }));
  expect(Stacks?.[0]?.Tags).toEqual([{ Key: 'team', Value: 'ingest' }]);
});

it('deletes a stack, and one that is not there as well', async () => {
  bench.synthesizes({ files: { [FILE]: template(parameter) } });
  await bench.deploy(
    'Pipeline',
    pipelineTemplate([
      stage('Dev', [createUpdate()]),
      stage('Gone', [approval('Approve'), remove(2), { ...remove(3), Name: 'Again', Namespace: 'Again' }]),
    ]),
  );
  const id = await bench.first();
  await bench.waitsForApproval('Gone', 'Approve');
  expect(thing()).toBeDefined();
  await bench.answer('Gone', 'Approve', 'Approved');
  await bench.ends(id, 'Succeeded');
  expect(thing()).toBeUndefined();
});

it('fails with the reason of the resource when a deployment is rolled back', async () => {
  bench.synthesizes({ files: { [FILE]: template(parameter) } });
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [prepare('Shop', FILE, 1), execute('Shop', 2, 'Shop')])]));
  await bench.ends(await bench.first(), 'Succeeded');
  bench.synthesizes({ files: { [FILE]: template({ 'Fn::Select': ['1', ['0', '2']] }) } });
  bench.things.failing.add('update shop-thing');
  const id = await bench.start();
  await bench.ends(id, 'Failed');
  const last = (await bench.actions(id)).at(-1);
  expect(last).toContain('Dev/Shop.Deploy Failed JobFailed: Stack Shop is in UPDATE_ROLLBACK');
  expect(last).toContain('Thing: ');
  expect(last).toContain('update of shop-thing fails');
});

it.each([
  [
    'a file that is not in the artifact',
    { TemplatePath: 'Synth_Output::absent.json' },
    'File [absent.json] does not exist in artifact [Synth_Output]',
  ],
  ['an artifact that is none of its inputs', { TemplatePath: 'repo_Source::shop.json' }, 'repo_Source is none of'],
  ['overrides that are no JSON', { ParameterOverrides: '{' }, 'ParameterOverrides is not valid JSON'],
  ['an artifact function', { ParameterOverrides: '{"Size":{"Fn::GetParam":["a","b","c"]}}' }, 'Fn::GetParam'],
  ['a parameter that the template lacks', { ParameterOverrides: '{"Absent":"1"}' }, 'Absent'],
  ['a role that CloudFormation may not have', { RoleArn: 'arn:aws:iam::222222222222:role/cdk-deploy-role' }, 'iam:PassRole'],
])('fails for %s', async (_what, more, message) => {
  bench.synthesizes({ files: { [FILE]: template(parameter) } });
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [prepare('Shop', FILE, 1, more)])]));
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  expect((await bench.actions(id)).at(-1)).toContain(message);
});
