import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { serviceApp } from './service-app.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';
import { readParameter } from './shared-parameter.ts';
import { permissionsOf } from './template-permissions.ts';
import { WorkQueue } from './work-queue.ts';

/** Two functions in one stack, with all the checks that a repo's own app has. */
function synthesize(
  props: Partial<ServiceFunctionProps> = {},
  {
    give,
    text = 'export const handler = async () => 1;',
    context = {},
  }: {
    readonly give?: (fn: ServiceFunction, stack: Stack) => void;
    readonly text?: string;
    readonly context?: Readonly<Record<string, unknown>>;
  } = {},
): Template {
  const folder = temporaryFolder();
  const entry = join(folder, 'greet.lambda.ts');
  writeFileSync(entry, text);
  const stack = new Stack(serviceApp({ outdir: join(folder, 'cdk.out'), context }), 'Stack', {
    env: { account: '111122223333', region: 'us-east-2' },
  });
  const make = (id: string, more: Partial<ServiceFunctionProps>) =>
    new ServiceFunction(stack, id, { repo: 'ingest-repo', name: id.toLowerCase(), entry, description: id, ...more });
  const greet = make('Greet', props);
  make('Other', {});
  give?.(greet, stack);
  return Template.fromStack(stack);
}

/** Logical ids of a circle of references and DependsOn, which CloudFormation refuses; none when there is none. */
function dependencyCircle(template: Template): string[] {
  const resources = template.toJSON()['Resources'] as Record<string, object>;
  const needs = new Map(
    Object.entries(resources).map(([id, resource]) => [
      id,
      Object.keys(resources).filter((other) => other !== id && JSON.stringify(resource).includes(`"${other}"`)),
    ]),
  );
  const free = (): string | undefined => [...needs].find(([, others]) => others.every((other) => !needs.has(other)))?.[0];
  for (let id = free(); id !== undefined; id = free()) needs.delete(id);
  return [...needs.keys()];
}

const idOf = (template: Template, type: string, start: string): string =>
  Object.keys(template.findResources(type)).find((logicalId) => logicalId.startsWith(start)) ?? `no ${type} ${start}`;

it('lets a tenth of the calls go to a new version for five minutes, and goes back when an alarm goes off', () => {
  const template = synthesize();
  const group = idOf(template, 'AWS::CodeDeploy::DeploymentGroup', 'Greet');
  template.hasResource('AWS::Lambda::Alias', {
    Properties: {
      Name: 'live',
      FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function', 'Greet') },
      FunctionVersion: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Version', 'Greet'), 'Version'] },
    },
    UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: group } } },
  });
  template.allResourcesProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
    AlarmConfiguration: { Enabled: true, Alarms: [Match.anyValue()] },
  });
  template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 2);
  template.resourceCountIs('AWS::CodeDeploy::Application', 1);
});

it('counts the errors of the version that ran, so that those of the one before take nothing back', () => {
  const template = synthesize();
  const fn = { Ref: idOf(template, 'AWS::Lambda::Function', 'Greet') };
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [
      { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Version', 'Greet'), 'Version'] } },
      { Name: 'FunctionName', Value: fn },
      { Name: 'Resource', Value: { 'Fn::Join': ['', [fn, ':live']] } },
    ],
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    AlarmActions: Match.absent(),
  });
});

it('lets CodeDeploy shift this alias and look at alarms, and nothing else', () => {
  const template = synthesize();
  const role = idOf(template, 'AWS::IAM::Role', 'GreetShift');
  const fn = idOf(template, 'AWS::Lambda::Function', 'Greet');
  expect(permissionsOf(template)[role]).toEqual([
    'cloudwatch:DescribeAlarms *',
    `lambda:GetAlias <${fn}.Arn>`,
    `lambda:GetProvisionedConcurrencyConfig <${fn}.Arn>:*`,
    `lambda:UpdateAlias <${fn}.Arn>`,
  ]);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'codedeploy.amazonaws.com' } })] },
  });
});

it('lets a function be told the address of another', () => {
  const template = synthesize({}, { give: (fn, stack) => (stack.node.findChild('Other') as ServiceFunction).tell('URL', fn.publicUrl()) });
  expect(dependencyCircle(template)).toEqual([]);
});

it('makes a new version of what changed, and of nothing else', () => {
  const versions = (text?: string) => Object.keys(synthesize({}, text === undefined ? {} : { text }).findResources('AWS::Lambda::Version'));
  expect(versions()).toEqual(versions());
  expect(versions('export const handler = async () => 2;')).not.toEqual(versions());
});

it('is the way that the stage is set to, and says which there are', () => {
  synthesize({}, { context: { trafficShift: 'Linear10PercentEvery1Minute' } }).allResourcesProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
    AlarmConfiguration: { Enabled: true },
  });
  expect(() => synthesize({}, { context: { trafficShift: 'Slowly' } })).toThrow(/The context trafficShift is wrong.*AllAtOnce/);
});

it('looks at no alarm where all calls go over at once, so that what fails already can be mended', () => {
  synthesize({}, { context: { trafficShift: 'AllAtOnce' } }).allResourcesProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] },
    AlarmConfiguration: { Enabled: false },
  });
});

it('makes a new version when what the function is told has become another, which the template does not say', () => {
  const told = (fn: ServiceFunction, stack: Stack) => {
    const topicArn = readParameter(stack, '/enstratus/infra/topic-arn');
    const url = readParameter(stack, '/enstratus/appsync/url');
    fn.usesTable(readParameter(stack, '/enstratus/infra/table-name'), ['dynamodb:GetItem'])
      .publishesTo(topicArn, 'TOPIC_ARN')
      .callsGraphql({ arn: readParameter(stack, '/enstratus/appsync/arn'), url }, ['Mutation.tell'], 'URL')
      .tell('COLOUR', 'green');
  };
  const template = synthesize({}, { give: told });
  const [table, topic, url] = ['infratablename', 'infratopicarn', 'appsyncurl'].map((name) => {
    const [id] = Object.keys(template.findParameters('*')).filter((one) => one.toLowerCase().includes(name));
    return { Ref: id };
  });
  const host = { 'Fn::Select': [2, { 'Fn::Split': ['/', url] }] };
  template.hasResourceProperties('AWS::Lambda::Version', {
    FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function', 'Greet') },
    Description: {
      'Fn::Join': [
        '',
        [table, ' ', { 'Fn::Select': [5, { 'Fn::Split': [':', topic] }] }, ' ', { 'Fn::Select': [0, { 'Fn::Split': ['.', host] }] }],
      ],
    },
  });
  template.hasResourceProperties('AWS::Lambda::Version', {
    FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function', 'Other') },
    Description: Match.absent(),
  });
});

it('goes by what the stack says where errors of the function are none of its own', () => {
  const metric = new Metric({ namespace: 'Mine', metricName: 'Failures' });
  const template = synthesize({ takenBackBy: 'what the stack says' }, { give: (fn) => fn.shifted.takenBackOn(metric, 3) });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: 'Mine', MetricName: 'Failures', Period: 60, Threshold: 3 });
  template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
  expect(() => synthesize({ takenBackBy: 'what the stack says' })).toThrow('nothing says when a new version is taken back');
});

it('is called by its alias, by whoever calls it: its address and its queue', () => {
  const template = synthesize(
    {},
    {
      give: (fn, stack) => {
        fn.publicUrl();
        new WorkQueue(stack, 'Work', { consumer: fn, batchSize: 1, maxConcurrency: 2 });
      },
    },
  );
  const alias = { Ref: idOf(template, 'AWS::Lambda::Alias', 'Greet') };
  template.hasResourceProperties('AWS::Lambda::Url', { Qualifier: 'live' });
  template.allResourcesProperties('AWS::Lambda::Permission', { FunctionName: alias });
  expect(
    JSON.stringify(Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))[0]?.['Properties'].FunctionName),
  ).toContain(':live');
});

it('leaves alone what CloudFormation itself calls', () => {
  const template = synthesize({ asynchronous: true }, { give: (fn) => expect(() => fn.shifted).toThrow('asynchronous') });
  template.resourceCountIs('AWS::Lambda::Alias', 1);
});
