import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { permissionsOf, readable, runbookGaps, serviceApp } from '@enstratus/platform/cdk';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { IngestStack, type IngestStackProps } from './ingest-stack.ts';

const outdir = mkdtempSync(join(tmpdir(), 'ingest-stack-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Synthesized with every check that the deployed app has: a finding without an acknowledged reason fails this file. */
const synthesize = (name: string, props: Partial<IngestStackProps> = {}): IngestStack =>
  new IngestStack(serviceApp({ outdir: join(outdir, name) }), 'EnstratusIngest', {
    stage: 'dev',
    env: { account: '111122223333', region: 'us-east-2' },
    ...props,
  });
const template = Template.fromStack(synthesize('dev'));
const runbook = readFileSync(new URL('../RUNBOOK.md', import.meta.url), 'utf8');
const text = JSON.stringify(template.toJSON());

/** By which role which function's calls are shifted to a new version. */
const shifts = [
  ['AskDeviceShiftRoleDB567B98', 'AskDeviceFunction1FE86C2D'],
  ['ReceiveStatusShiftRoleE5B5363C', 'ReceiveStatusFunction8EC91D6F'],
  ['RecordEventShiftRole067AA260', 'RecordEventFunction4E2E9A76'],
  ['RegisterDeviceShiftRole901AFFA3', 'RegisterDeviceFunctionDB05283F'],
] as const;
const mayShift = (fn: string) => [
  'cloudwatch:DescribeAlarms *',
  `lambda:GetAlias <${fn}.Arn>`,
  `lambda:GetProvisionedConcurrencyConfig <${fn}.Arn>:*`,
  `lambda:UpdateAlias <${fn}.Arn>`,
];

/** The template's resources of one type, by logical id. */
const resources = (type: string): Record<string, Record<string, unknown>> =>
  Object.fromEntries(Object.entries(template.findResources(type)).map(([logicalId, { Properties }]) => [logicalId, Properties]));

/** The name of a function with its alias, taken from the alias's ARN. */
const live = (alias: string) => ({ 'Fn::Join': ['', [{ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: alias }] }] }, ':live']] });

/** What a function is told besides Node's options, by its log group's name. */
function environmentOf(logGroupName: string): Record<string, string> {
  const [group] = Object.keys(template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: logGroupName } }));
  const [fn] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { LoggingConfig: { LogGroup: { Ref: group } } } }),
  );
  return Object.fromEntries(
    Object.entries(fn?.['Properties'].Environment.Variables).flatMap(([name, value]) =>
      name === 'NODE_OPTIONS' ? [] : [[name, readable(template, value)]],
    ),
  );
}

describe('what the functions may do', () => {
  it('is exactly this', () => {
    const table = 'arn:aws:dynamodb:us-east-2:111122223333:table/</enstratus/infra/table-name>';
    const devices = 'arn:aws:logs:us-east-2:111122223333:log-group:/enstratus/devices/*';
    const secret = 'arn:aws:ssm:us-east-2:111122223333:parameter/enstratus/ingest/webhook-secret';
    const events = '</enstratus/infra/device-events-topic-arn>';
    const particle = ['access-token', 'api-url', 'product'].map(
      (name) => `ssm:GetParameter arn:aws:ssm:us-east-2:111122223333:parameter/enstratus/particle/${name}`,
    );
    expect(permissionsOf(template)).toEqual({
      ReceiveStatusRole00D79D28: [
        'appsync:GraphQL </enstratus/appsync/graphql-api-arn>/types/Mutation/fields/publishDeviceStatus',
        `dynamodb:DeleteItem ${table}`,
        `dynamodb:GetItem ${table}`,
        `dynamodb:PutItem ${table}`,
        `dynamodb:Query ${table}`,
        `dynamodb:UpdateItem ${table}`,
        'logs:CreateLogStream <ReceiveStatusLogsE323294E.Arn>',
        `logs:CreateLogStream ${devices}:log-stream:boot-*`,
        'logs:PutLogEvents <ReceiveStatusLogsE323294E.Arn>',
        `logs:PutLogEvents ${devices}:log-stream:boot-*`,
        's3:PutObject arn:aws:s3:::</enstratus/infra/archive-bucket-name>/packs/*',
        's3:PutObject arn:aws:s3:::</enstratus/infra/quarantine-bucket-name>/*',
        `sns:Publish ${events}`,
        `ssm:GetParameter ${secret}`,
        'xray:PutTraceSegments *',
      ],
      RegisterDeviceRole4DA1D9B7: [
        `dynamodb:GetItem ${table}`,
        `dynamodb:PutItem ${table}`,
        `logs:CreateLogGroup ${devices}`,
        'logs:CreateLogStream <RegisterDeviceLogs37C46EE5.Arn>',
        'logs:PutLogEvents <RegisterDeviceLogs37C46EE5.Arn>',
        `logs:PutRetentionPolicy ${devices}`,
        `sns:Publish ${events}`,
        `ssm:GetParameter ${secret}`,
        ...particle,
        'xray:PutTraceSegments *',
      ],
      AskDeviceRole216156BA: [
        `dynamodb:GetItem ${table}`,
        `dynamodb:Query ${table}`,
        'logs:CreateLogStream <AskDeviceLogs1F1B5F9A.Arn>',
        'logs:PutLogEvents <AskDeviceLogs1F1B5F9A.Arn>',
        'sqs:DeleteMessage <DeviceAsksQueueA905E1DE.Arn>',
        'sqs:GetQueueAttributes <DeviceAsksQueueA905E1DE.Arn>',
        'sqs:ReceiveMessage <DeviceAsksQueueA905E1DE.Arn>',
        'sqs:SendMessage <DeviceAsksQueueA905E1DE.Arn>',
        ...particle,
        'xray:PutTraceSegments *',
      ],
      RecordEventRoleBAA78563: [
        `dynamodb:PutItem ${table}`,
        'logs:CreateLogStream <RecordEventLogs8278D144.Arn>',
        'logs:PutLogEvents <RecordEventLogs8278D144.Arn>',
        'sqs:DeleteMessage <DeviceEventsQueue343A306B.Arn>',
        'sqs:GetQueueAttributes <DeviceEventsQueue343A306B.Arn>',
        'sqs:ReceiveMessage <DeviceEventsQueue343A306B.Arn>',
        'xray:PutTraceSegments *',
      ],
      KeepSecretRoleFA34F312: [
        'logs:CreateLogStream <KeepSecretLogs79332170.Arn>',
        'logs:PutLogEvents <KeepSecretLogs79332170.Arn>',
        'sqs:SendMessage <KeepSecretDeadLettersF36E53AE.Arn>',
        `ssm:DeleteParameter ${secret}`,
        `ssm:PutParameter ${secret}`,
      ],
      // CodeDeploy's.
      ...Object.fromEntries(shifts.map(([role, fn]) => [role, mayShift(fn)])),
    });
  });

  it('goes with no managed policy and no other trust than Lambda, and CodeDeploy for what shifts calls', () => {
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent(), Policies: Match.absent() });
    for (const [logicalId, { AssumeRolePolicyDocument }] of Object.entries(resources('AWS::IAM::Role'))) {
      const Service = logicalId.includes('ShiftRole') ? 'codedeploy.amazonaws.com' : 'lambda.amazonaws.com';
      expect(AssumeRolePolicyDocument).toMatchObject({
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
      });
    }
  });
});

describe('the class of devices’ logs', () => {
  const toldClass = (context: Readonly<Record<string, unknown>>, name: string) => {
    const app = serviceApp({ outdir: join(outdir, name), context });
    const props: IngestStackProps = { stage: 'prod', env: { account: '111122223333', region: 'us-east-2' } };
    return Template.fromStack(new IngestStack(app, 'EnstratusIngest', props)).findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { DEVICE_LOG_CLASS: 'INFREQUENT_ACCESS' } } },
    });
  };

  it('is what the stage says', () => {
    expect(Object.keys(toldClass({ deviceLogClass: 'INFREQUENT_ACCESS' }, 'infrequent'))).toHaveLength(1);
  });

  it('that AWS does not have is refused by name', () => {
    expect(() => toldClass({ deviceLogClass: 'CHEAP' }, 'cheap')).toThrow('The context deviceLogClass is wrong');
  });
});

describe('what the functions are told', () => {
  it('is the names of what they may use', () => {
    const infra = {
      TABLE_NAME: '</enstratus/infra/table-name>',
      DEVICE_EVENTS_TOPIC_ARN: '</enstratus/infra/device-events-topic-arn>',
      DEVICE_LOG_GROUP_PREFIX: '/enstratus/devices/',
    };
    expect(environmentOf('/enstratus/functions/ingest-repo/receive-status')).toEqual({
      ...infra,
      ARCHIVE_BUCKET_NAME: '</enstratus/infra/archive-bucket-name>',
      QUARANTINE_BUCKET_NAME: '</enstratus/infra/quarantine-bucket-name>',
      WEBHOOK_SECRET_PARAMETER_NAME: '/enstratus/ingest/webhook-secret',
      GRAPHQL_URL: '</enstratus/appsync/graphql-url>',
    });
    const particle = {
      PARTICLE_API_URL_PARAMETER_NAME: '/enstratus/particle/api-url',
      PARTICLE_PRODUCT_PARAMETER_NAME: '/enstratus/particle/product',
      PARTICLE_ACCESS_TOKEN_PARAMETER_NAME: '/enstratus/particle/access-token',
    };
    expect(environmentOf('/enstratus/functions/ingest-repo/register-device')).toEqual({
      ...infra,
      ...particle,
      WEBHOOK_SECRET_PARAMETER_NAME: '/enstratus/ingest/webhook-secret',
      WEBHOOK_URL: '<ReceiveStatusShiftLiveFunctionUrl59082EC1.FunctionUrl>',
      DEVICE_LOG_CLASS: 'STANDARD',
    });
    expect(environmentOf('/enstratus/functions/ingest-repo/ask-device')).toEqual({
      ...particle,
      TABLE_NAME: infra.TABLE_NAME,
      DEVICE_ASKS_QUEUE_URL: '<DeviceAsksQueueA905E1DE>',
    });
    expect(environmentOf('/enstratus/functions/ingest-repo/record-event')).toEqual({ TABLE_NAME: infra.TABLE_NAME });
    expect(environmentOf('/enstratus/functions/ingest-repo/keep-secret')).toEqual({
      WEBHOOK_SECRET_PARAMETER_NAME: '/enstratus/ingest/webhook-secret',
    });
  });
});

describe('the functions', () => {
  it('run Node 24 on arm64 and log JSON into groups of their own, kept for 30 days', () => {
    template.resourceCountIs('AWS::Lambda::Function', 5);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN' },
    });
    template.resourceCountIs('AWS::Logs::LogGroup', 5);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  it('reserve no concurrency unless told to, and then only the webhook does', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
    const reserved = Template.fromStack(synthesize('reserved', { receiveStatusReservedConcurrency: 50 }));
    const concurrency = Object.entries(reserved.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => [
      id.replace(/Function[0-9A-F]{8}$/, ''),
      Properties.ReservedConcurrentExecutions,
    ]);
    expect(Object.fromEntries(concurrency)).toEqual({
      ReceiveStatus: 50,
      RegisterDevice: undefined,
      RecordEvent: undefined,
      AskDevice: undefined,
      KeepSecret: undefined,
    });
  });
});

describe('the webhook', () => {
  it('has an address that anybody can call, by the two permissions that AWS demands, and nothing else does', () => {
    const TargetFunctionArn = { 'Fn::GetAtt': ['ReceiveStatusFunction8EC91D6F', 'Arn'] };
    const target = { Ref: 'ReceiveStatusShiftLive0AA7E061' };
    expect(Object.values(resources('AWS::Lambda::Url'))).toEqual([
      { AuthType: 'NONE', InvokeMode: 'BUFFERED', TargetFunctionArn, Qualifier: 'live' },
    ]);
    expect(Object.values(resources('AWS::Lambda::Permission'))).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', FunctionName: target, FunctionUrlAuthType: 'NONE', Principal: '*' },
      { Action: 'lambda:InvokeFunction', FunctionName: target, InvokedViaFunctionUrl: true, Principal: '*' },
    ]);
  });

  it('keeps its address: the logical ids behind it are those of the first deployment', () => {
    expect(Object.keys(resources('AWS::Lambda::Url'))).toEqual(['ReceiveStatusShiftLiveFunctionUrl59082EC1']);
    expect(Object.keys(resources('AWS::Lambda::Function'))).toContain('ReceiveStatusFunction8EC91D6F');
    expect(Object.keys(resources('AWS::Lambda::Alias'))).toContain('ReceiveStatusShiftLive0AA7E061');
  });

  it('has its secret made by a function, so that it stands nowhere in the template', () => {
    expect(resources('Custom::WebhookSecret')).toEqual({
      WebhookSecret: {
        ServiceToken: { 'Fn::GetAtt': ['KeepSecretFunctionC8BB2A2D', 'Arn'] },
        ServiceTimeout: '120',
        ParameterName: parameterNames.webhookSecret,
      },
    });
    expect(text).not.toMatch(/SecureString|resolve:(ssm|secretsmanager)|GenerateSecretString/);
    expect(Object.values(resources('AWS::SSM::Parameter')).map(({ Name }) => Name)).not.toContain(parameterNames.webhookSecret);
  });
});

describe('what happens to devices', () => {
  it('comes from the topic into two queues, as it was published: what happened, and what devices are asked because of', () => {
    const subscriptions = Object.values(resources('AWS::SNS::Subscription'));
    const to = (queue: string, FilterPolicy: object) =>
      expect.objectContaining({ Protocol: 'sqs', RawMessageDelivery: true, Endpoint: { 'Fn::GetAtt': [queue, 'Arn'] }, FilterPolicy });
    expect(subscriptions).toEqual([
      to('DeviceEventsQueue343A306B', { type: [{ 'anything-but': ['device.watched'] }] }),
      to('DeviceAsksQueueA905E1DE', { type: ['device.watched', 'device.gap_found'] }),
    ]);
    for (const { TopicArn, FilterPolicyScope = 'MessageAttributes' } of subscriptions) {
      expect([readable(template, TopicArn), FilterPolicyScope]).toEqual([
        '</enstratus/infra/device-events-topic-arn>',
        'MessageAttributes',
      ]);
    }
  });

  it('waits in a queue for six timeouts of the function, is tried five times and then kept with the dead letters for 14 days', () => {
    const encrypted = { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true };
    expect(resources('AWS::SQS::Queue')).toEqual({
      DeviceEventsQueue343A306B: {
        ...encrypted,
        VisibilityTimeout: 65,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeviceEventsDeadLettersD0BBF798', 'Arn'] }, maxReceiveCount: 5 },
      },
      DeviceEventsDeadLettersD0BBF798: encrypted,
      DeviceAsksQueueA905E1DE: {
        ...encrypted,
        VisibilityTimeout: 360,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeviceAsksDeadLetters474FAD54', 'Arn'] }, maxReceiveCount: 5 },
      },
      DeviceAsksDeadLetters474FAD54: encrypted,
      KeepSecretDeadLettersF36E53AE: encrypted,
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: 'RecordEventLogs8278D144' } },
      Timeout: 10,
    });
  });

  it('is worked off by few calls at once, each answering which messages failed', () => {
    expect(Object.values(resources('AWS::Lambda::EventSourceMapping'))).toEqual([
      {
        EventSourceArn: { 'Fn::GetAtt': ['DeviceEventsQueue343A306B', 'Arn'] },
        FunctionName: live('RecordEventShiftLive4287D240'),
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
      {
        EventSourceArn: { 'Fn::GetAtt': ['DeviceAsksQueueA905E1DE', 'Arn'] },
        FunctionName: live('AskDeviceShiftLiveA0D27ACA'),
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
      },
    ]);
  });

  it('is let into the queue from that topic only, and every queue is reached over TLS only', () => {
    const policies = Object.values(resources('AWS::SQS::QueuePolicy')).map(({ Queues, PolicyDocument }) => {
      const { Statement } = PolicyDocument as {
        Statement: { Effect: string; Action: string; Condition: Record<string, Record<string, unknown>> }[];
      };
      const lines = Statement.map(({ Effect, Action, Condition }) => {
        const [operator = '', wanted = {}] = Object.entries(Condition)[0] ?? [];
        return `${Effect} ${Action} if ${operator} ${Object.entries(wanted).map(([key, value]) => `${key} ${readable(template, value)}`)}`;
      });
      return [(Queues as unknown[]).map((part) => readable(template, part)).join(), lines];
    });
    const tlsOnly = 'Deny sqs:* if Bool aws:SecureTransport false';
    expect(Object.fromEntries(policies)).toEqual({
      '<DeviceEventsQueue343A306B>': [
        tlsOnly,
        'Allow sqs:SendMessage if ArnEquals aws:SourceArn </enstratus/infra/device-events-topic-arn>',
      ],
      '<DeviceEventsDeadLettersD0BBF798>': [tlsOnly],
      '<DeviceAsksQueueA905E1DE>': [tlsOnly, 'Allow sqs:SendMessage if ArnEquals aws:SourceArn </enstratus/infra/device-events-topic-arn>'],
      '<DeviceAsksDeadLetters474FAD54>': [tlsOnly],
      '<KeepSecretDeadLettersF36E53AE>': [tlsOnly],
    });
  });
});

describe('how Particle is reached', () => {
  it('stands in parameters that are read at run time: neither url nor token is in the template or asked of CloudFormation', () => {
    const parameters = Object.values(template.toJSON()['Parameters'] as Record<string, { Default?: string }>).map(({ Default }) => Default);
    expect(parameters.filter((name) => name?.startsWith('/enstratus/particle/'))).toEqual([]);
  });

  it('is known to those who ask it, and the webhook needs nothing of it', () => {
    const told = Object.entries(resources('AWS::Lambda::Function')).filter(([, properties]) =>
      JSON.stringify(properties).includes('/particle/'),
    );
    expect(told.map(([logicalId]) => logicalId)).toEqual(['RegisterDeviceFunctionDB05283F', 'AskDeviceFunction1FE86C2D']);
  });

  it('takes time that the functions have', () => {
    const timeouts = Object.entries(resources('AWS::Lambda::Function')).map(([id, { Timeout }]) => [
      id.replace(/Function[0-9A-F]{8}$/, ''),
      Timeout,
    ]);
    expect(Object.fromEntries(timeouts)).toEqual({ ReceiveStatus: 10, RegisterDevice: 60, RecordEvent: 10, AskDevice: 60, KeepSecret: 10 });
  });
});

describe('the stack', () => {
  it("publishes the contract's parameters of ingest, but for the secret", () => {
    const published = Object.entries(resources('AWS::SSM::Parameter'))
      .filter(([id]) => id !== 'ParametersRead')
      .map(([, { Name, Type, Value }]) => [Name, Type, Value]);
    expect(published).toEqual([
      [parameterNames.webhookUrl, 'String', { 'Fn::GetAtt': ['ReceiveStatusShiftLiveFunctionUrl59082EC1', 'FunctionUrl'] }],
      [parameterNames.registerDeviceFunctionName, 'String', live('RegisterDeviceShiftLiveA5BC7762')],
    ]);
    const listed = Object.values(parameterNames).filter(
      (name) => name.startsWith('/enstratus/ingest/') && name !== parameterNames.webhookSecret,
    );
    expect(published.map(([name]) => name).sort()).toEqual(listed.sort());
  });

  it("reads the contract's parameters of infra and of the GraphQL API when it is deployed", () => {
    const parameters = Object.values(template.toJSON()['Parameters'] as Record<string, { Type: string; Default: string }>);
    const read = parameters.map(({ Type, Default }) => (Type === 'AWS::SSM::Parameter::Value<String>' ? Default : Type)).sort();
    expect(read).toEqual([
      '/cdk-bootstrap/hnb659fds/version',
      parameterNames.graphqlApiArn,
      parameterNames.graphqlUrl,
      parameterNames.alarmsTopicArn,
      parameterNames.archiveBucketName,
      parameterNames.deviceEventsTopicArn,
      parameterNames.quarantineBucketName,
      parameterNames.tableName,
    ]);
  });

  it('has the same template in every stage, and the same assets whenever it is synthesized', () => {
    expect(Template.fromStack(synthesize('prod', { stage: 'prod' })).toJSON()).toEqual(template.toJSON());
  });
});

/** Whether an alarm takes a new version back: it tells nobody, the pipeline does. */
const takesBack = (logicalId: string): boolean => logicalId.includes('ShiftNewVersionFails');

describe('a new version', () => {
  it('gets a tenth of the calls for five minutes', () => {
    const groups = resources('AWS::CodeDeploy::DeploymentGroup');
    expect(Object.keys(groups)).toHaveLength(shifts.length);
    for (const { DeploymentConfigName } of Object.values(groups))
      expect(DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  });

  it('is taken back by errors of its own, and the webhook by what callers see', () => {
    const lines = Object.entries(resources('AWS::CloudWatch::Alarm'))
      .filter(([id]) => takesBack(id))
      .map(([id, { MetricName, Threshold, Period, Dimensions }]) => [
        id.replace(/Shift.*/, ''),
        `${MetricName} ${Threshold} in ${Period} s by ${(Dimensions as { Name: string }[]).map(({ Name }) => Name)}`,
      ]);
    const errors = 'Errors 1 in 60 s by ExecutedVersion,FunctionName,Resource';
    expect(Object.fromEntries(lines)).toEqual({
      AskDevice: errors,
      ReceiveStatus: 'Url5xxCount 1 in 60 s by FunctionName,Resource',
      RecordEvent: errors,
      RegisterDevice: errors,
    });
  });
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
      if (Namespace !== 'AWS/SQS') expect(runbook).toContain(`metric ${Namespace} ${MetricName} `);
    }
  });

  it('watch these, and all tell the topic of alarms', () => {
    const alarms = Object.entries(resources('AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) => (takesBack(id) ? [] : [alarm]));
    for (const alarm of alarms) {
      expect(alarm['AlarmActions']).toEqual([expect.anything()]);
      expect((alarm['AlarmActions'] as unknown[]).map((part) => readable(template, part))).toEqual(['</enstratus/infra/alarms-topic-arn>']);
    }
    const line = (alarm: Record<string, unknown>) =>
      `${alarm['Namespace']} ${alarm['MetricName']} of ${(alarm['Dimensions'] as { Value: unknown }[] | undefined)?.map(({ Value }) => readable(template, Value)) ?? 'the log'}: ` +
      `${alarm['Statistic']} of ${alarm['Period']} s ${alarm['ComparisonOperator']} ${alarm['Threshold']}, ${alarm['DatapointsToAlarm']} of ${alarm['EvaluationPeriods']}`;
    const atLeast = 'of 300 s GreaterThanOrEqualToThreshold';
    expect(alarms.map(line)).toEqual([
      `AWS/Lambda Url5xxCount of <ReceiveStatusFunction8EC91D6F>: Sum ${atLeast} 3, 2 of 3`,
      `ENStratus/Ingest WrongSecret of the log: Sum ${atLeast} 10, 3 of 3`,
      `ENStratus/Ingest Quarantined of the log: Sum ${atLeast} 20, 3 of 3`,
      `ENStratus/Ingest WatchersNotTold of the log: Sum ${atLeast} 1, 3 of 12`,
      `AWS/SQS ApproximateAgeOfOldestMessage of <DeviceEventsQueue343A306B.QueueName>: Maximum ${atLeast} 900, 2 of 2`,
      `AWS/SQS ApproximateNumberOfMessagesVisible of <DeviceEventsDeadLettersD0BBF798.QueueName>: Maximum ${atLeast} 1, 1 of 1`,
      `ENStratus/Ingest ParticleDenies of the log: Sum ${atLeast} 1, 2 of 3`,
      `ENStratus/Ingest ParticleFails of the log: Sum ${atLeast} 10, 2 of 3`,
      `AWS/SQS ApproximateNumberOfMessagesVisible of <DeviceAsksDeadLetters474FAD54.QueueName>: Maximum ${atLeast} 1, 1 of 1`,
    ]);
  });

  it('count in the log what was refused, quarantined and not told, and where Particle failed', () => {
    const filters = Object.values(resources('AWS::Logs::MetricFilter')).map(({ LogGroupName, FilterPattern }) => [
      readable(template, LogGroupName),
      FilterPattern,
    ]);
    expect(filters).toEqual([
      ['<ReceiveStatusLogsE323294E>', '{ $.message = "wrong webhook secret" }'],
      ['<ReceiveStatusLogsE323294E>', '{ $.message = "document quarantined" }'],
      ['<ReceiveStatusLogsE323294E>', '{ $.message = "watchers not told" }'],
      ['<AskDeviceLogs1F1B5F9A>', '{ $.message = "particle denies access" }'],
      ['<AskDeviceLogs1F1B5F9A>', '{ $.message = "particle call failed" }'],
    ]);
  });
});
