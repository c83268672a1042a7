/** For tests: templates as CDK Pipelines synthesizes them, made small. */

export const DELIVERY = '111122223333';
export const DEV = '222222222222';
const REGION = 'us-east-2';
const ARN = { deploy: `arn:aws:iam::${DEV}:role/cdk-deploy-role`, exec: `arn:aws:iam::${DEV}:role/cdk-cfn-exec-role` };

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}
export interface Resource {
  Type: string;
  DependsOn?: string[];
  Properties: Record<string, unknown>;
}
export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
}

const allow = (Action: string[], Resource: unknown, more: object = {}): Statement => ({ Effect: 'Allow', Action, Resource, ...more });
const att = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const inBucket = [att('Bucket'), { 'Fn::Join': ['', [att('Bucket'), '/*']] }];

function role(trusted: object, statements: Statement[] = []): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' }] },
      ...(statements.length === 0
        ? {}
        : { Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] }),
    },
  };
}

/** What `cdk bootstrap --trust` gives an account, as far as a pipeline uses it: the roles that deploy. */
export function bootstrapTemplate(): Template {
  const deploy = role({ AWS: DELIVERY }, [
    allow(['cloudformation:*'], '*'),
    allow(['iam:PassRole'], ARN.exec),
    allow(['s3:GetObject*', 's3:PutObject*', 's3:List*'], '*', { Condition: { StringNotEquals: { 's3:ResourceAccount': DEV } } }),
    allow(['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey*'], '*', {
      Condition: { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } },
    }),
  ]);
  deploy.Properties['RoleName'] = 'cdk-deploy-role';
  const exec = role({ Service: 'cloudformation.amazonaws.com' }, [allow(['*'], '*')]);
  exec.Properties['RoleName'] = 'cdk-cfn-exec-role';
  return { Resources: { Deploy: deploy, Exec: exec } };
}

type Action = Record<string, unknown> & { Name: string };
const typeOf = (Category: string, Provider: string) => ({ Category, Owner: 'AWS', Provider, Version: '1' });

export function build(Name: string, ProjectName: string, input: string, more: Record<string, unknown> = {}): Action {
  const { variables, ...rest } = more;
  return {
    Name,
    ActionTypeId: typeOf('Build', 'CodeBuild'),
    Configuration: { ProjectName, ...(variables === undefined ? {} : { EnvironmentVariables: JSON.stringify(variables) }) },
    InputArtifacts: [{ Name: input }],
    RoleArn: att('BuildRole'),
    RunOrder: 1,
    ...rest,
  };
}

export function approval(Name: string, more: Record<string, unknown> = {}): Action {
  return { Name, ActionTypeId: typeOf('Approval', 'Manual'), RoleArn: att('ApprovalRole'), RunOrder: 1, ...more };
}

export function prepare(StackName: string, file: string, RunOrder: number, more: Record<string, unknown> = {}): Action {
  return {
    Name: `${StackName}.Prepare`,
    ActionTypeId: typeOf('Deploy', 'CloudFormation'),
    Configuration: {
      StackName,
      ActionMode: 'CHANGE_SET_REPLACE',
      ChangeSetName: 'PipelineChange',
      Capabilities: 'CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND',
      RoleArn: ARN.exec,
      TemplatePath: `Synth_Output::${file}`,
      ...more,
    },
    InputArtifacts: [{ Name: 'Synth_Output' }],
    RoleArn: ARN.deploy,
    RunOrder,
  };
}

export function execute(StackName: string, RunOrder: number, Namespace: string): Action {
  return {
    Name: `${StackName}.Deploy`,
    ActionTypeId: typeOf('Deploy', 'CloudFormation'),
    Configuration: { StackName, ActionMode: 'CHANGE_SET_EXECUTE', ChangeSetName: 'PipelineChange' },
    Namespace,
    RoleArn: ARN.deploy,
    RunOrder,
  };
}

export function stage(Name: string, Actions: Action[], more: object = {}): object {
  return { Name, Actions, ...more };
}

export const SOURCE = stage('Source', [
  {
    Name: 'repo',
    ActionTypeId: typeOf('Source', 'CodeCommit'),
    Configuration: { RepositoryName: 'repo', BranchName: 'main', PollForSourceChanges: false },
    OutputArtifacts: [{ Name: 'repo_Source' }],
    Namespace: 'Source',
    RoleArn: att('SourceRole'),
    RunOrder: 1,
  },
]);
export const SYNTH = stage('Build', [build('Synth', 'synth', 'repo_Source', { OutputArtifacts: [{ Name: 'Synth_Output' }] })]);

/** A pipeline with its key, bucket and roles; `stages` come behind Source and Build. */
export function pipelineTemplate(stages: readonly object[], more: Record<string, unknown> = {}): Template {
  const pipelineRole = att('PipelineRole');
  const crossAccount = { Effect: 'Allow', Principal: { AWS: ARN.deploy } };
  const keyAccess = (actions: string[]) => allow(actions, att('Key'));
  const keyed = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
  return {
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${DELIVERY}:root` }, Action: 'kms:*', Resource: '*' },
              { ...crossAccount, Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' },
            ],
          },
        },
      },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/codepipeline-test', TargetKeyId: att('Key') } },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: att('Key') } }],
          },
        },
      },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ ...crossAccount, Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'], Resource: inBucket }],
          },
        },
      },
      PipelineRole: role({ Service: 'codepipeline.amazonaws.com' }),
      PipelinePolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'pipeline',
          Roles: [{ Ref: 'PipelineRole' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              allow(['s3:GetObject*', 's3:PutObject'], inBucket),
              keyAccess(keyed),
              allow(['sts:AssumeRole'], [att('SourceRole'), att('BuildRole'), att('ApprovalRole'), ARN.deploy]),
            ],
          },
        },
      },
      SourceRole: role({ AWS: pipelineRole }, [
        allow(['s3:GetObject*', 's3:PutObject'], inBucket),
        keyAccess(keyed),
        allow(
          ['codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:UploadArchive', 'codecommit:GetUploadArchiveStatus'],
          `arn:aws:codecommit:${REGION}:${DELIVERY}:repo`,
        ),
      ]),
      BuildRole: role({ AWS: pipelineRole }, [allow(['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'], '*')]),
      ApprovalRole: role({ AWS: pipelineRole }, [allow(['sns:Publish'], '*')]),
      Pipeline: {
        Type: 'AWS::CodePipeline::Pipeline',
        DependsOn: ['PipelinePolicy'],
        Properties: {
          Name: 'repo',
          PipelineType: 'V2',
          ExecutionMode: 'SUPERSEDED',
          RestartExecutionOnUpdate: true,
          RoleArn: pipelineRole,
          ArtifactStore: { Type: 'S3', Location: { Ref: 'Bucket' }, EncryptionKey: { Type: 'KMS', Id: att('Key') } },
          Stages: [SOURCE, SYNTH, ...stages],
          ...more,
        },
      },
    },
  };
}
