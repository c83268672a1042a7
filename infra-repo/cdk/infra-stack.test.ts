import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { runbookGaps, serviceApp } from '@enstratus/platform/cdk';
import { contractVersionParameterName } from '@enstratus/platform/pipeline';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { InfraStack } from './infra-stack.ts';

const outdir = mkdtempSync(join(tmpdir(), 'infra-stack-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Synthesized with every check that the deployed app has: a finding without an acknowledged reason fails this file. */
const synthesize = (stage: 'dev' | 'prod', name: string): InfraStack =>
  new InfraStack(serviceApp({ outdir: join(outdir, name) }), 'EnstratusInfra', {
    stage,
    env: { account: '111122223333', region: 'us-east-2' },
  });
const template = Template.fromStack(synthesize('dev', 'dev'));
const resources = Object.entries(
  template.toJSON()['Resources'] as Record<string, { Type: string; DeletionPolicy?: string; UpdateReplacePolicy?: string }>,
);

describe('what is kept', () => {
  it('has the logical ids under which it stands since the first deployment, and stays when the stack goes: all but the site, which is deployed again', () => {
    const stateful = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool'];
    const kept = resources.filter(([, { Type }]) => stateful.includes(Type));
    expect(
      kept.map(([logicalId, { Type, DeletionPolicy, UpdateReplacePolicy }]) => [logicalId, Type, DeletionPolicy, UpdateReplacePolicy]),
    ).toEqual([
      ['Table', 'AWS::DynamoDB::Table', 'Retain', 'Retain'],
      ['UserPool', 'AWS::Cognito::UserPool', 'Retain', 'Retain'],
      ['ArchiveBucket', 'AWS::S3::Bucket', 'Retain', 'Retain'],
      ['QuarantineBucket', 'AWS::S3::Bucket', 'Retain', 'Retain'],
      ['SiteBucket', 'AWS::S3::Bucket', 'Delete', 'Delete'],
    ]);
  });

  it('has logical ids that others would miss: the client that dashboards know, the topics that are subscribed to', () => {
    const ids = (type: string) => resources.filter(([, { Type }]) => Type === type).map(([logicalId]) => logicalId);
    expect(ids('AWS::Cognito::UserPoolClient')).toEqual(['UserPoolClient']);
    expect(ids('AWS::SNS::Topic')).toEqual(['DeviceEventsTopic', 'AlarmsTopic']);
  });

  it('has no physical names, so that a restored or second one can stand beside it', () => {
    const text = JSON.stringify(template.toJSON());
    for (const property of ['TableName', 'BucketName', 'TopicName', 'UserPoolName']) expect(text).not.toContain(`"${property}":`);
  });
});

describe('the table', () => {
  it('is paid by request, restorable to any second, expires items, and can not be deleted by mistake', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: Match.absent(),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  it('has the keys and the index that the contract writes to', () => {
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [{ IndexName: 'gsi1', KeySchema: keys('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } }],
    });
  });
});

describe('the people', () => {
  it('sign in by e-mail, by invitation only, with a strong password', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeletionProtection: 'ACTIVE',
      Policies: {
        PasswordPolicy: { MinimumLength: 12, RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true },
      },
    });
  });

  it('carry an id of ours that never changes', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      Schema: Match.arrayWith([Match.objectLike({ Name: 'user_id', AttributeDataType: 'String', Mutable: false })]),
    });
  });

  it('get their claims by the trigger, which may read one kind of thing of the table and nothing else', () => {
    const [alias] = Object.keys(template.findResources('AWS::Lambda::Alias'));
    const arn = { Ref: alias };
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: arn, LambdaVersion: 'V2_0' } },
      UserPoolTier: 'ESSENTIALS',
    });
    expect(Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: arn,
        Principal: 'cognito-idp.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['UserPool', 'Arn'] },
      },
    ]);
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => !id.includes('ShiftRole'));
    expect(policies.map(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual([
      [
        {
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^PeopleAddClaimsLogs/), 'Arn'] },
        },
        {
          Action: 'dynamodb:GetItem',
          Effect: 'Allow',
          Resource: { 'Fn::Join': ['', ['arn:aws:dynamodb:us-east-2:111122223333:table/', { Ref: 'Table' }]] },
        },
      ],
    ]);
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/enstratus/functions/infra-repo/add-claims',
      RetentionInDays: 30,
    });
    // Cognito waits 5 seconds: the function must have failed, and said why, before.
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 4, Environment: { Variables: { TABLE_NAME: { Ref: 'Table' } } } });
  });

  it('who are refused raise no alarm, what fails does', () => {
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.message = "claims not added" || $.record.status = "timeout" || $.record.status = "failure" }',
      LogGroupName: { Ref: Match.stringLikeRegexp('^PeopleAddClaimsLogs') },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'ENStratus/Infra',
      MetricName: 'SignInFailures',
      Threshold: 3,
    });
  });

  it('are kept from a new version of the trigger that lets nobody in', () => {
    const [takesBack] = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([id]) =>
      id.includes('ShiftNewVersionFails'),
    );
    expect(takesBack?.[1]['Properties']).toMatchObject({ MetricName: 'SignInFailures', Threshold: 1, Period: 60 });
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: takesBack?.[0] } }] },
    });
    const [functionId] = Object.keys(template.findResources('AWS::Lambda::Function'));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: ['lambda:GetAlias', 'lambda:UpdateAlias'], Resource: { 'Fn::GetAtt': [functionId, 'Arn'] } },
          {
            Effect: 'Allow',
            Action: 'lambda:GetProvisionedConcurrencyConfig',
            Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [functionId, 'Arn'] }, ':*']] },
          },
          { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' },
        ],
      },
    });
  });

  it('belong to the four persona groups, the most powerful first', () => {
    const groups = Object.values(template.findResources('AWS::Cognito::UserPoolGroup')).map(({ Properties }) => [
      Properties.Precedence,
      Properties.GroupName,
    ]);
    expect(groups.sort()).toEqual([
      [0, 'admin'],
      [1, 'partner'],
      [2, 'dealer'],
      [3, 'customer'],
    ]);
  });

  it('sign in by SRP without a client secret, and nobody learns which addresses exist', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AllowedOAuthFlowsUserPoolClient: false,
      AccessTokenValidity: 60,
      IdTokenValidity: 60,
      RefreshTokenValidity: 43_200,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      // Neither the id nor the confirmation of an address is for the signed-in person to write.
      WriteAttributes: ['email'],
    });
  });
});

describe('buckets and topics', () => {
  it('are closed to the public, encrypted, and reached over TLS only', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    });
    const tlsOnly = Match.objectLike({
      Effect: 'Deny',
      Principal: Match.anyValue(),
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    for (const [type, count] of [
      ['AWS::S3::BucketPolicy', 3],
      ['AWS::SNS::TopicPolicy', 2],
    ] as const) {
      template.resourceCountIs(type, count);
      template.allResourcesProperties(type, { PolicyDocument: { Statement: Match.arrayWith([tlsOnly]) } });
    }
  });

  it('keep the archive with its versions, and what is in quarantine for 90 days', () => {
    template.hasResource('AWS::S3::Bucket', { Properties: { VersioningConfiguration: { Status: 'Enabled' } } });
    expect(template.findResources('AWS::S3::Bucket')['ArchiveBucket']?.['Properties'].LifecycleConfiguration.Rules[0]).not.toHaveProperty(
      'ExpirationInDays',
    );
    expect(
      template.findResources('AWS::S3::Bucket')['QuarantineBucket']?.['Properties'].LifecycleConfiguration.Rules[0].ExpirationInDays,
    ).toBe(90);
  });

  it('wake somebody when Lambda turns calls away, of whichever function', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: Match.absent(),
      Threshold: 1,
      DatapointsToAlarm: 2,
      AlarmActions: [{ Ref: 'AlarmsTopic' }],
    });
  });

  it("let this account's alarms, and no other's, publish alarms", () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: 'AlarmsTopic' }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Sid: 'AlarmsOfThisAccount',
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: { Ref: 'AlarmsTopic' },
            Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          },
        ]),
      },
    });
  });
});

describe('the stack', () => {
  it("publishes exactly the contract's parameters of infra, each from the resource it names, and the contract's own version", () => {
    const published = Object.values(template.findResources('AWS::SSM::Parameter')).map(({ Properties }) => [
      Properties.Name,
      Properties.Value,
    ]);
    expect(Object.fromEntries(published)).toEqual({
      [parameterNames.tableName]: { Ref: 'Table' },
      [parameterNames.tableArn]: { 'Fn::GetAtt': ['Table', 'Arn'] },
      [parameterNames.userPoolId]: { Ref: 'UserPool' },
      [parameterNames.userPoolArn]: { 'Fn::GetAtt': ['UserPool', 'Arn'] },
      [parameterNames.userPoolClientId]: { Ref: 'UserPoolClient' },
      [parameterNames.userPoolIssuer]: { 'Fn::GetAtt': ['UserPool', 'ProviderURL'] },
      [parameterNames.deviceEventsTopicArn]: { Ref: 'DeviceEventsTopic' },
      [parameterNames.alarmsTopicArn]: { Ref: 'AlarmsTopic' },
      [parameterNames.archiveBucketName]: { Ref: 'ArchiveBucket' },
      [parameterNames.quarantineBucketName]: { Ref: 'QuarantineBucket' },
      [parameterNames.siteBucketName]: { Ref: 'SiteBucket' },
      [parameterNames.siteUrl]: {
        'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.stringMatching(/^SiteDistribution/), 'DomainName'] }]],
      },
      [contractVersionParameterName]: JSON.parse(readFileSync(new URL('../packages/contract/package.json', import.meta.url), 'utf8'))
        .version,
    });
    expect(published.map(([name]) => name).sort()).toEqual(
      [...Object.values(parameterNames).filter((name) => name.startsWith('/enstratus/infra/')), contractVersionParameterName].sort(),
    );
  });

  it('makes no key, and pays for nothing by the hour', () => {
    expect([...new Set(resources.map(([, { Type }]) => Type))].sort()).toEqual([
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::Function',
      'AWS::CloudFront::OriginAccessControl',
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::CloudWatch::Alarm',
      'AWS::CodeDeploy::Application',
      'AWS::CodeDeploy::DeploymentGroup',
      'AWS::Cognito::UserPool',
      'AWS::Cognito::UserPoolClient',
      'AWS::Cognito::UserPoolGroup',
      'AWS::DynamoDB::Table',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Alias',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::Topic',
      'AWS::SNS::TopicPolicy',
      'AWS::SSM::Parameter',
    ]);
  });

  it('is protected against deletion in production only', () => {
    expect(synthesize('dev', 'dev-again').terminationProtection).toBe(false);
    expect(synthesize('prod', 'prod').terminationProtection).toBe(true);
  });

  it('has the same template in every stage', () => {
    expect(Template.fromStack(synthesize('prod', 'prod-again')).toJSON()).toEqual(template.toJSON());
  });

  it('says of every alarm what is hurt, and the RUNBOOK says what to do', () => {
    expect(runbookGaps(template.toJSON(), readFileSync(new URL('../RUNBOOK.md', import.meta.url), 'utf8'))).toEqual([]);
  });
});
