import { CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PipelineBench } from './testing/pipeline-bench.ts';
import {
  bootstrapTemplate,
  DELIVERY,
  DEV,
  execute,
  pipelineTemplate,
  prepare,
  type Statement,
  stage,
  type Template,
} from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const deployment = () =>
  pipelineTemplate([stage('Dev', [prepare('Shop', 'assembly-Dev/Shop.template.json', 1), execute('Shop', 2, 'Shop')])]);

type Document = { Statement: Statement[] };

/** Every policy document in a resource: inline, its own, a key's or a bucket's. */
function documentsOf(template: Template, id: string): Document[] {
  const properties = template.Resources[id]?.Properties ?? {};
  const inline = (properties['Policies'] as { PolicyDocument: Document }[] | undefined) ?? [];
  return [properties['PolicyDocument'], properties['KeyPolicy'], ...inline.map(({ PolicyDocument }) => PolicyDocument)].filter(
    (document) => document !== undefined,
  ) as Document[];
}

/** Takes the actions that match out of a resource's policies. */
function without(template: Template, id: string, action: RegExp): Template {
  let taken = 0;
  for (const document of documentsOf(template, id)) {
    document.Statement = document.Statement.flatMap((statement) => {
      const actions = [statement.Action].flat();
      const kept = actions.filter((one) => !action.test(one));
      taken += actions.length - kept.length;
      return kept.length === 0 ? [] : [{ ...statement, Action: kept }];
    });
  }
  expect(taken).toBeGreaterThan(0);
  return template;
}

it.each<[what: string, resource: string, action: RegExp, failed: string, message: string]>([
  ['AssumeRole of the pipeline', 'PipelinePolicy', /^sts:/, 'Dev/Shop.Prepare', 'is not authorized to perform: sts:AssumeRole on resource'],
  ['GetBranch of the source', 'SourceRole', /GetBranch/, 'Source/repo', 'is not authorized to perform: codecommit:GetBranch'],
  ['UploadArchive of the source', 'SourceRole', /UploadArchive$/, 'Source/repo', 'is not authorized to perform: codecommit:UploadArchive'],
  [
    'the bucket for the source',
    'SourceRole',
    /s3:PutObject/,
    'Source/repo',
    'is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::',
  ],
  [
    'the key for the source',
    'SourceRole',
    /kms:GenerateDataKey/,
    'Source/repo',
    'is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:',
  ],
  ['StartBuild', 'BuildRole', /StartBuild/, 'Build/Synth', 'is not authorized to perform: codebuild:StartBuild'],
  ['BatchGetBuilds', 'BuildRole', /BatchGetBuilds/, 'Build/Synth', 'is not authorized to perform: codebuild:BatchGetBuilds'],
  [
    'the bucket policy for the other account',
    'BucketPolicy',
    /GetObject/,
    'Dev/Shop.Prepare',
    'no resource-based policy allows the s3:GetObject action',
  ],
  [
    'the key policy for the other account',
    'Key',
    /kms:Decrypt/,
    'Dev/Shop.Prepare',
    'no resource-based policy allows the kms:Decrypt action',
  ],
])('fails without %s, in the words of AWS', async (_what, resource, action, failed, message) => {
  await bench.deploy('Pipeline', without(deployment(), resource, action));
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  const last = (await bench.actions(id)).at(-1);
  expect(last).toContain(`${failed} Failed PermissionError`);
  expect(last).toContain(message);
});

it.each<[what: string, action: RegExp, failed: string, message: string]>([
  [
    'PassRole',
    /^iam:PassRole/,
    'Dev/Shop.Prepare',
    `is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${DEV}:role/cdk-cfn-exec-role`,
  ],
  ['the artifact bucket', /^s3:GetObject/, 'Dev/Shop.Prepare', 'no identity-based policy allows the s3:GetObject action'],
  ['the key', /^kms:Decrypt/, 'Dev/Shop.Prepare', 'no identity-based policy allows the kms:Decrypt action'],
])('fails when the role that deploys lacks %s', async (_what, action, failed, message) => {
  await bench.deploy('CDKToolkit', without(bootstrapTemplate(), 'Deploy', action), DEV);
  await bench.deploy('Pipeline', deployment());
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  const last = (await bench.actions(id)).at(-1);
  expect(last).toContain(`${failed} Failed PermissionError`);
  expect(last).toContain(message);
});

it('fails when the role that deploys trusts another account', async () => {
  const bootstrap = bootstrapTemplate();
  const trust = bootstrap.Resources['Deploy']?.Properties['AssumeRolePolicyDocument'] as { Statement: { Principal: object }[] };
  for (const statement of trust.Statement) statement.Principal = { AWS: '333333333333' };
  await bench.deploy('CDKToolkit', bootstrap, DEV);
  await bench.deploy('Pipeline', deployment());
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  expect((await bench.actions(id)).at(-1)).toContain('no trust policy of the role allows the sts:AssumeRole action');
});

it('fails to create a pipeline whose role does not trust CodePipeline, or that its creator may not pass', async () => {
  const failure = async (template: Template, input: object = {}) => {
    const client = bench.cloudformation(DELIVERY);
    const StackName = 'Refused';
    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        OnFailure: 'DO_NOTHING',
        ...input,
      }),
    );
    await expect.poll(() => bench.stackStatus(StackName), { timeout: 10_000 }).toBe('CREATE_FAILED');
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.find(
      ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Pipeline' && ResourceStatus === 'CREATE_FAILED',
    )?.ResourceStatusReason;
  };
  const untrusting = deployment();
  const trust = untrusting.Resources['PipelineRole']?.Properties['AssumeRolePolicyDocument'] as { Statement: { Principal: object }[] };
  for (const statement of trust.Statement) statement.Principal = { Service: 'codebuild.amazonaws.com' };
  expect(await failure(untrusting)).toContain('CodePipeline is not authorized to perform AssumeRole on role');
});

it('is created only by who may pass its role', async () => {
  const rights = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' }] };
  const maker = bootstrapTemplate().Resources['Exec'];
  if (maker === undefined) throw new Error('no role to deploy with');
  maker.Properties['Policies'] = [{ PolicyName: 'most', PolicyDocument: rights }];
  await bench.deploy('Maker', { Resources: { Maker: maker } });
  const client = bench.cloudformation(DELIVERY);
  await client.send(
    new CreateStackCommand({
      StackName: 'Refused',
      TemplateBody: JSON.stringify(deployment()),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      RoleARN: `arn:aws:iam::${DELIVERY}:role/cdk-cfn-exec-role`,
    }),
  );
  await expect.poll(() => bench.stackStatus('Refused'), { timeout: 10_000 }).toBe('ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'Refused' }));
  expect(StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n')).toContain(
    'is not authorized to perform: iam:PassRole',
  );
});
