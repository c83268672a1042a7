import { type CfnElement, Stack } from 'aws-cdk-lib';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import { acknowledge } from '../cdk/service-app.ts';
import { deliveryParameterNames } from './delivery-names.ts';

/** Findings of the AWS Solutions pack that CDK Pipelines brings with it, each with its reason: none of them lets a pipeline do more in another repo's name or in a stage. */
export function acknowledgePipeline(stack: Stack, pipeline: CodePipeline): void {
  const { account, region } = stack;
  const forms = (actions: readonly string[]) => actions.map((action) => `Action::${action}`);
  const wide = (reason: string, findings: readonly string[]) =>
    Object.fromEntries(findings.map((finding) => [`AwsSolutions-IAM5[${finding}]`, reason]));
  const selfMutation = logicalId(pipeline.node.findChild('UpdatePipeline').node.findChild('SelfMutation').node.defaultChild);
  acknowledge(stack, {
    ...wide('The forms of one right on the artifacts bucket or its key, as CDK grants them', [
      ...forms(['s3:Abort*', 's3:DeleteObject*', 's3:GetBucket*', 's3:GetObject*', 's3:List*']),
      ...forms(['kms:GenerateDataKey*', 'kms:ReEncrypt*']),
    ]),
    ...wide('Artifacts get their names when the pipeline runs', [`Resource::arn:aws:s3:::<${artifactsBucketParameter(stack)}>/*`]),
    ...wide("The logs and reports of this pipeline's own projects", [
      `Resource::arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/<${selfMutation}>:*`,
      `Resource::arn:aws:codebuild:${region}:${account}:report-group/<${selfMutation}>-*`,
      `Resource::arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/*`,
      `Resource::arn:aws:codebuild:${region}:${account}:report-group/*`,
    ]),
    ...wide("Only CDK's bootstrap roles, by their tag, in the delivery account", [`Resource::arn:*:iam::${account}:role/*`]),
    ...wide("Reading what stacks and buckets there are knows no resource; publishing assets goes through CDK's roles", ['Resource::*']),
    'AwsSolutions-CB4': 'A build of a branch hands nothing on; what a pipeline hands on is encrypted with the artifacts key',
    'AwsSolutions-CB5': "The image is AWS's own, named in one place for all pipelines",
    'Annotation::@aws-cdk/aws-events:ruleUnresolvedEnvironment': 'The topic is of this account: its ARN comes from a parameter',
  });
}

const logicalId = (construct: IConstruct | undefined): string => Stack.of(construct as IConstruct).getLogicalId(construct as CfnElement);

/** CDK's name of the template parameter by which the bucket's name comes in: the construct beside the value's own. */
function artifactsBucketParameter(stack: Stack): string {
  const name = deliveryParameterNames.artifactsBucketName.replaceAll('/', '--');
  return logicalId(stack.node.children.find(({ node: { id } }) => id.includes(`${name}:`) && id.endsWith('.Parameter')));
}
