import { acknowledge } from '@enstratus/platform/cdk';
import { deliveredRepos } from '@enstratus/platform/pipeline';
import { Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * What people may do in the delivery account. CodePipeline can't tell who pushed from who approves, so two permission sets that no one person holds do: whoever pushes may
 * not approve, whoever approves may not push. The organization's permission sets attach these policies by their names. A third one, for organizations that want every change
 * reviewed, is attached beside the pushers'.
 */
export class People extends Construct {
  constructor(scope: Construct, id: string, { approvals }: { readonly approvals: ITopic }) {
    super(scope, id);
    const { region, account } = Stack.of(this);
    const arns = (service: string, rest = '') => deliveredRepos.map((repo) => `arn:aws:${service}:${region}:${account}:${repo}${rest}`);
    const watch = [
      new PolicyStatement({
        sid: 'SeePipelines',
        actions: [
          'codepipeline:GetPipeline',
          'codepipeline:GetPipelineState',
          'codepipeline:GetPipelineExecution',
          'codepipeline:ListPipelineExecutions',
          'codepipeline:ListActionExecutions',
        ],
        resources: arns('codepipeline'),
      }),
      new PolicyStatement({
        sid: 'SeeBuilds',
        actions: ['codebuild:BatchGetBuilds', 'codebuild:ListBuildsForProject'],
        resources: [`arn:aws:codebuild:${region}:${account}:project/*`],
      }),
      new PolicyStatement({
        sid: 'ReadLogsOfBuilds',
        actions: ['logs:GetLogEvents', 'logs:FilterLogEvents'],
        resources: [`arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/*`],
      }),
      new PolicyStatement({
        sid: 'ReadRepositories',
        actions: ['codecommit:GitPull', 'codecommit:Get*', 'codecommit:List*'],
        resources: arns('codecommit'),
      }),
    ];
    const pushers = new ManagedPolicy(this, 'Pushers', {
      managedPolicyName: 'enstratus-pushers',
      description: 'Pushes to repositories, retries what failed; may approve nothing',
      statements: [
        ...watch,
        new PolicyStatement({
          sid: 'Push',
          actions: [
            'codecommit:GitPush',
            'codecommit:CreatePullRequest',
            'codecommit:UpdatePullRequest*',
            'codecommit:PostComment*',
            'codecommit:MergePullRequestBy*',
          ],
          resources: arns('codecommit'),
        }),
        new PolicyStatement({
          sid: 'RunAgain',
          actions: ['codepipeline:StartPipelineExecution', 'codepipeline:StopPipelineExecution', 'codepipeline:RetryStageExecution'],
          resources: [...arns('codepipeline'), ...arns('codepipeline', '/*')],
        }),
        new PolicyStatement({ sid: 'ApproveNothing', effect: Effect.DENY, actions: ['codepipeline:PutApprovalResult'], resources: ['*'] }),
      ],
    });
    const approvers = new ManagedPolicy(this, 'Approvers', {
      managedPolicyName: 'enstratus-approvers',
      description: 'Decides at gates, and takes stages back; may push nothing',
      statements: [
        ...watch,
        new PolicyStatement({
          sid: 'Decide',
          actions: ['codepipeline:PutApprovalResult'],
          resources: arns('codepipeline', '/Approve*/Approve*'),
        }),
        new PolicyStatement({
          sid: 'TakeBack',
          actions: ['codepipeline:RollbackStage', 'codepipeline:DisableStageTransition', 'codepipeline:EnableStageTransition'],
          resources: [...arns('codepipeline'), ...arns('codepipeline', '/*')],
        }),
        new PolicyStatement({ sid: 'Subscribe', actions: ['sns:Subscribe'], resources: [approvals.topicArn] }),
        new PolicyStatement({
          sid: 'PushNothing',
          effect: Effect.DENY,
          actions: [
            'codecommit:GitPush',
            'codecommit:MergePullRequestBy*',
            'codecommit:PutFile',
            'codecommit:CreateCommit',
            'codecommit:CreateBranch',
          ],
          resources: ['*'],
        }),
      ],
    });
    new ManagedPolicy(this, 'MainByReview', {
      managedPolicyName: 'enstratus-main-by-review',
      description: 'Beside enstratus-pushers: main changes by merging pull requests only',
      statements: [
        new PolicyStatement({
          sid: 'MainOnlyByPullRequests',
          effect: Effect.DENY,
          actions: [
            'codecommit:GitPush',
            'codecommit:DeleteBranch',
            'codecommit:PutFile',
            'codecommit:DeleteFile',
            'codecommit:CreateCommit',
            'codecommit:MergeBranchesByFastForward',
            'codecommit:MergeBranchesBySquash',
            'codecommit:MergeBranchesByThreeWay',
          ],
          resources: arns('codecommit'),
          // "Limit pushes and merges to branches", CodeCommit User Guide: a push is asked about once without its references, which must not be denied.
          conditions: {
            StringEqualsIfExists: { 'codecommit:References': 'refs/heads/main' },
            Null: { 'codecommit:References': 'false' },
          },
        }),
        // Whoever starts an execution may name a commit that no review has brought to main ("Start a pipeline with a source revision override").
        new PolicyStatement({
          sid: 'NoCommitOfABranch',
          effect: Effect.DENY,
          actions: ['codepipeline:StartPipelineExecution'],
          resources: arns('codepipeline'),
        }),
      ],
    });
    const reason =
      'Stages, actions and builds get their names below those of the repos that are listed; what is denied is denied everywhere';
    const wide = [
      '*',
      ...arns('codepipeline', '/*'),
      ...arns('codepipeline', '/Approve*/Approve*'),
      `arn:aws:codebuild:${region}:${account}:project/*`,
      `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/*`,
    ].map((resource) => `Resource::${resource}`);
    const forms = ['Get*', 'List*', 'UpdatePullRequest*', 'PostComment*', 'MergePullRequestBy*'].map(
      (form) => `Action::codecommit:${form}`,
    );
    for (const policy of [pushers, approvers]) {
      acknowledge(policy, Object.fromEntries([...wide, ...forms].map((finding) => [`AwsSolutions-IAM5[${finding}]`, reason])));
    }
  }
}
