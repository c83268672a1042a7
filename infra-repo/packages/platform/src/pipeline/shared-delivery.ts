import type { Stack } from 'aws-cdk-lib';
import { type IBuildImage, LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { type IRole, Role } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { readParameter } from '../cdk/shared-parameter.ts';
import { deliveryParameterNames } from './delivery-names.ts';

type SharedRole = 'buildRoleArn' | 'changesRoleArn' | 'checkRoleArn' | 'overtakeRoleArn' | 'publishRoleArn' | 'smokeRoleArn';

/** What the day-0 stack of the delivery account holds for all pipelines, found by its parameters. */
export class SharedDelivery {
  readonly artifacts: IBucket;
  readonly image: IBuildImage;
  readonly approvals: ITopic;
  readonly failures: ITopic;
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
    const key: IKey = Key.fromKeyArn(stack, 'ArtifactsKey', this.#read('artifactsKeyArn'));
    this.artifacts = Bucket.fromBucketAttributes(stack, 'Artifacts', { bucketName: this.#read('artifactsBucketName'), encryptionKey: key });
    this.image = LinuxArmBuildImage.fromCodeBuildImageId(this.#read('buildImage'));
    this.approvals = Topic.fromTopicArn(stack, 'Approvals', this.#read('approvalsTopicArn'));
    this.failures = Topic.fromTopicArn(stack, 'Failures', this.#read('failuresTopicArn'));
  }

  /** A role that the day-0 stack gives its rights: no pipeline adds to them. */
  role(name: SharedRole): IRole {
    const id = `Shared${name}`;
    return (
      (this.#stack.node.tryFindChild(id) as IRole | undefined) ?? Role.fromRoleArn(this.#stack, id, this.#read(name), { mutable: false })
    );
  }

  #read(name: keyof typeof deliveryParameterNames): string {
    return readParameter(this.#stack, deliveryParameterNames[name]);
  }
}
