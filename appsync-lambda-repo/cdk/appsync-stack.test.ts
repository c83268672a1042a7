import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { permissionsOf, readable, runbookGaps, serviceApp } from '@enstratus/platform/cdk';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { buildSchema, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { AppsyncStack } from './appsync-stack.ts';
import { queryDepthLimit } from './graphql-api.ts';
import { appsyncDefinitions, deployedSchema, operationsOf, schemaText } from './graphql-schema.ts';

const outdir = mkdtempSync(join(tmpdir(), 'appsync-stack-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Synthesized with every check that the deployed app has: a finding without an acknowledged reason fails this file. */
const synthesize = (stage: 'dev' | 'prod'): Template =>
  Template.fromStack(
    new AppsyncStack(serviceApp({ outdir: join(outdir, stage) }), 'EnstratusAppsync', {
      stage,
      env: { account: '111122223333', region: 'us-east-2' },
    }),
  );
const template = synthesize('dev');
const runbook = readFileSync(new URL('../RUNBOOK.md', import.meta.url), 'utf8');

/** The template's resources of one type, by logical id. */
const resources = (type: string): Record<string, Record<string, unknown>> =>
  Object.fromEntries(Object.entries(template.findResources(type)).map(([logicalId, { Properties }]) => [logicalId, Properties]));

const mayShift = (fn: string) => [
  'cloudwatch:DescribeAlarms *',
  `lambda:GetAlias <${fn}.Arn>`,
  `lambda:GetProvisionedConcurrencyConfig <${fn}.Arn>:*`,
  `lambda:UpdateAlias <${fn}.Arn>`,
];

describe('what functions and data sources may do', () => {
  it('is exactly this', () => {
    const table = 'arn:aws:dynamodb:us-east-2:111122223333:table/</enstratus/infra/table-name>';
    expect(permissionsOf(template)).toEqual({
      AnswerQueryRoleAD207F74: [
        `dynamodb:BatchGetItem ${table}`,
        `dynamodb:GetItem ${table}`,
        `dynamodb:Query ${table}`,
        `dynamodb:Query ${table}/index/gsi1`,
        'logs:CreateLogStream <AnswerQueryLogsC7614133.Arn>',
        'logs:PutLogEvents <AnswerQueryLogsC7614133.Arn>',
      ],
      WatchDeviceRoleED7E4428: [
        `dynamodb:GetItem ${table}`,
        `dynamodb:UpdateItem ${table}`,
        'logs:CreateLogStream <WatchDeviceLogsFECAC7DE.Arn>',
        'logs:PutLogEvents <WatchDeviceLogsFECAC7DE.Arn>',
        'sns:Publish </enstratus/infra/device-events-topic-arn>',
      ],
      GraphqlApiAnswerQueryRole293B3FFF: ['lambda:InvokeFunction <AnswerQueryShiftLiveCF9233DF>'],
      GraphqlApiWatchDeviceRoleEB9F330A: ['lambda:InvokeFunction <WatchDeviceShiftLiveA960BA30>'],
      // CodeDeploy's.
      AnswerQueryShiftRole1C9C03F9: mayShift('AnswerQueryFunction84220F01'),
      WatchDeviceShiftRoleA84514ED: mayShift('WatchDeviceFunction06330379'),
    });
  });

  it('goes with no managed policy, and with trust in the service alone that takes the role', () => {
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent(), Policies: Match.absent() });
    const trusted = Object.entries(resources('AWS::IAM::Role')).map(([logicalId, { AssumeRolePolicyDocument }]) => {
      const { Statement } = AssumeRolePolicyDocument as { Statement: unknown[] };
      return [logicalId, Statement];
    });
    const trust = (Service: string) => [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }];
    // An API of somebody else's is no reason for AppSync to take them.
    const forThisApi = [
      { ...trust('appsync.amazonaws.com')[0], Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['GraphqlApi', 'Arn'] } } } },
    ];
    expect(Object.fromEntries(trusted)).toEqual({
      AnswerQueryRoleAD207F74: trust('lambda.amazonaws.com'),
      WatchDeviceRoleED7E4428: trust('lambda.amazonaws.com'),
      GraphqlApiAnswerQueryRole293B3FFF: forThisApi,
      GraphqlApiWatchDeviceRoleEB9F330A: forThisApi,
      AnswerQueryShiftRole1C9C03F9: trust('codedeploy.amazonaws.com'),
      WatchDeviceShiftRoleA84514ED: trust('codedeploy.amazonaws.com'),
    });
  });
});

describe('the API', () => {
  it('lets in people of the user pool, and roles by IAM, and nobody by a key', () => {
    expect(resources('AWS::AppSync::GraphQLApi')).toEqual({
      GraphqlApi: {
        Name: 'enstratus',
        AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
        UserPoolConfig: {
          UserPoolId: { Ref: expect.stringContaining('userpoolid') },
          AwsRegion: 'us-east-2',
          DefaultAction: 'ALLOW',
        },
        AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
        IntrospectionConfig: 'DISABLED',
        QueryDepthLimit: 6,
        ResolverCountLimit: 5,
        XrayEnabled: false,
      },
    });
    template.resourceCountIs('AWS::AppSync::ApiKey', 0);
  });

  it('keeps its address: its logical id is that of the first deployment, under which the schema stands too', () => {
    expect(Object.keys(resources('AWS::AppSync::GraphQLApi'))).toEqual(['GraphqlApi']);
    expect(resources('AWS::AppSync::GraphQLSchema')).toEqual({
      GraphqlApiSchema28D8D0F0: { ApiId: { 'Fn::GetAtt': ['GraphqlApi', 'ApiId'] }, Definition: deployedSchema(schemaText) },
    });
  });

  it('answers every operation by a resolver, and reads through two functions', () => {
    const line = ({ TypeName, FieldName, DataSourceName, Kind, Runtime }: Record<string, unknown>) =>
      `${TypeName}.${FieldName} ${Kind} ${DataSourceName} ${Runtime === undefined ? 'direct' : JSON.stringify(Runtime)}`;
    const js = '{"Name":"APPSYNC_JS","RuntimeVersion":"1.0.0"}';
    const resolvers = Object.values(resources('AWS::AppSync::Resolver'));
    expect(resolvers.map(line)).toEqual([
      'Query.me UNIT AnswerQuery direct',
      'Query.devices UNIT AnswerQuery direct',
      'Query.device UNIT AnswerQuery direct',
      'Query.deviceSeries UNIT AnswerQuery direct',
      'Mutation.watchDevice UNIT WatchDevice direct',
      `Mutation.publishDeviceStatus UNIT Nothing ${js}`,
      `Subscription.onDeviceStatus UNIT AnswerQuery ${js}`,
    ]);
    expect(resolvers.map(({ TypeName, FieldName }) => `${TypeName}.${FieldName}`)).toEqual(operationsOf(schemaText));
    const sources = Object.values(resources('AWS::AppSync::DataSource'));
    expect(sources.map(({ Name, Type, LambdaConfig }) => [Name, Type, LambdaConfig])).toEqual([
      ['AnswerQuery', 'AWS_LAMBDA', { LambdaFunctionArn: { Ref: 'AnswerQueryShiftLiveCF9233DF' } }],
      ['WatchDevice', 'AWS_LAMBDA', { LambdaFunctionArn: { Ref: 'WatchDeviceShiftLiveA960BA30' } }],
      ['Nothing', 'NONE', undefined],
    ]);
  });

  it('lets queries go as deep as the schema does, and the schema does not lead back to itself', () => {
    const query = buildSchema(appsyncDefinitions + schemaText).getQueryType();
    const depthOf = (type: GraphQLOutputType, above: readonly string[]): number => {
      const named = getNamedType(type);
      if (!isObjectType(named)) return 0;
      expect(above).not.toContain(named.name);
      return 1 + Math.max(...Object.values(named.getFields()).map((field) => depthOf(field.type, [...above, named.name])));
    };
    expect(query && depthOf(query, [])).toBe(queryDepthLimit - 1);
  });
});

describe('the functions', () => {
  it('run Node 24 on arm64 and log JSON into groups of their own, kept for 30 days', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN' },
      ReservedConcurrentExecutions: Match.absent(),
      Environment: { Variables: { TABLE_NAME: { Ref: Match.stringLikeRegexp('tablename') } } },
    });
    const groups = Object.values(resources('AWS::Logs::LogGroup')).map(({ LogGroupName, RetentionInDays }) => [
      LogGroupName,
      RetentionInDays,
    ]);
    expect(groups).toEqual([
      ['/enstratus/functions/appsync-lambda-repo/answer-query', 30],
      ['/enstratus/functions/appsync-lambda-repo/watch-device', 30],
    ]);
    expect(Object.values(resources('AWS::Lambda::Function')).map(({ MemorySize, Timeout }) => [MemorySize, Timeout])).toEqual([
      [1769, 10],
      [256, 10],
    ]);
  });
});

describe('the stack', () => {
  it("publishes the contract's parameters of the API", () => {
    const published = Object.entries(resources('AWS::SSM::Parameter'))
      .filter(([id]) => id !== 'ParametersRead')
      .map(([, { Name, Type, Value }]) => [Name, Type, readable(template, Value)]);
    expect(published).toEqual([
      [parameterNames.graphqlUrl, 'String', '<GraphqlApi.GraphQLUrl>'],
      [parameterNames.graphqlRealtimeUrl, 'String', '<GraphqlApi.RealtimeUrl>'],
      [parameterNames.graphqlApiArn, 'String', '<GraphqlApi.Arn>'],
    ]);
    const listed = Object.values(parameterNames).filter((name) => name.startsWith('/enstratus/appsync/'));
    expect(published.map(([name]) => name).sort()).toEqual(listed.sort());
  });

  it("reads the contract's parameters of infra when it is deployed", () => {
    const parameters = Object.values(template.toJSON()['Parameters'] as Record<string, { Type: string; Default: string }>);
    const read = parameters.map(({ Type, Default }) => (Type === 'AWS::SSM::Parameter::Value<String>' ? Default : Type)).sort();
    expect(read).toEqual([
      '/cdk-bootstrap/hnb659fds/version',
      parameterNames.alarmsTopicArn,
      parameterNames.deviceEventsTopicArn,
      parameterNames.tableName,
      parameterNames.userPoolId,
    ]);
  });

  it('has the same template in every stage, and the same assets whenever it is synthesized', () => {
    expect(synthesize('prod').toJSON()).toEqual(template.toJSON());
  });
});

/** Whether an alarm takes a new version back: it tells nobody, the pipeline does. */
const takesBack = (logicalId: string): boolean => logicalId.includes('ShiftNewVersionFails');

it('a new version gets a tenth of the calls for five minutes, and is taken back by failures in the log', () => {
  const groups = Object.values(resources('AWS::CodeDeploy::DeploymentGroup'));
  expect(groups.map(({ DeploymentConfigName }) => DeploymentConfigName)).toEqual(
    Array(2).fill('CodeDeployDefault.LambdaCanary10Percent5Minutes'),
  );
  const alarms = Object.entries(resources('AWS::CloudWatch::Alarm')).filter(([id]) => takesBack(id));
  expect(alarms.map(([, { MetricName, Threshold, Period }]) => `${MetricName} ${Threshold} in ${Period} s`)).toEqual([
    'QueryFailures 1 in 60 s',
    'WatchFailures 1 in 60 s',
  ]);
});

describe('the alarms', () => {
  it('say what is hurt, and the RUNBOOK says what to do', () => {
    expect(runbookGaps(template.toJSON(), runbook)).toEqual([]);
  });

  it('are looked into by commands that name what is in the template', () => {
    const named = [...new Set([...runbook.matchAll(/\$\(resource (\w+)/g)].map((match) => match[1]))];
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(template.toJSON()['Resources'])).toEqual(expect.arrayContaining(named));
    for (const { Namespace, MetricName } of Object.values(resources('AWS::CloudWatch::Alarm'))) {
      expect(runbook).toContain(`metric ${Namespace} ${MetricName} `);
    }
  });

  it('watch these, and all tell the topic of alarms', () => {
    const alarms = Object.entries(resources('AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) => (takesBack(id) ? [] : [alarm]));
    for (const alarm of alarms) {
      expect((alarm['AlarmActions'] as unknown[]).map((part) => readable(template, part))).toEqual(['</enstratus/infra/alarms-topic-arn>']);
    }
    const line = (alarm: Record<string, unknown>) =>
      `${alarm['Namespace']} ${alarm['MetricName']} of ${(alarm['Dimensions'] as { Value: unknown }[] | undefined)?.map(({ Value }) => readable(template, Value)) ?? 'the log'}: ` +
      `${alarm['Statistic']} of ${alarm['Period']} s ${alarm['ComparisonOperator']} ${alarm['Threshold']}, ${alarm['DatapointsToAlarm']} of ${alarm['EvaluationPeriods']}`;
    const atLeast = 'of 300 s GreaterThanOrEqualToThreshold';
    expect(alarms.map(line)).toEqual([
      `AWS/AppSync 5XXError of <GraphqlApi.ApiId>: Sum ${atLeast} 3, 2 of 3`,
      `ENStratus/Appsync QueryFailures of the log: Sum ${atLeast} 3, 2 of 3`,
      `ENStratus/Appsync WatchFailures of the log: Sum ${atLeast} 3, 2 of 3`,
    ]);
  });

  it('count failures of ours in the log, and no request that was refused', () => {
    const filters = Object.values(resources('AWS::Logs::MetricFilter'));
    expect(filters.map(({ LogGroupName }) => readable(template, LogGroupName))).toEqual([
      '<AnswerQueryLogsC7614133>',
      '<WatchDeviceLogsFECAC7DE>',
    ]);
    for (const { FilterPattern } of filters) {
      expect(FilterPattern).toBe(
        '{ $.message = "operation failed" || $.message = "item not understood" || $.record.status = "timeout" || $.record.status = "failure" }',
      );
    }
  });
});
