import { acknowledge } from '@enstratus/platform/cdk';
import type { Organization } from '@enstratus/platform/pipeline';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** CDK's role in a stage's account with which a pipeline deploys there ("Customize AWS CDK bootstrapping", its default qualifier). */
export const deployRoleArn = (account: string, region: string): string =>
  `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}`;

/**
 * Where pipelines hand on what they build: one bucket and one key for all, since a key costs a dollar a month. The deploy roles of the stages' accounts read it.
 */
export class Artifacts extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, organization: Organization) {
    super(scope, id);
    this.key = new Key(this, 'Key', { description: 'What pipelines hand on', enableKeyRotation: true });
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Whoever overwrites or deletes an artifact leaves its earlier version behind.
      versioned: true,
      lifecycleRules: [
        {
          // Going back to an earlier revision takes its artifact, and a repo may rest for a year.
          expiration: Duration.days(400),
          noncurrentVersionExpiration: Duration.days(90),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.bucket, {
      'AwsSolutions-S1': 'Who reads artifacts is in the trail of the account; a log of each request would cost more than the artifacts',
    });
    for (const { account, region } of organization.stages) {
      const isDeployRole = { ArnEquals: { 'aws:PrincipalArn': deployRoleArn(account, region ?? organization.region) } };
      const principals = [new AccountPrincipal(account)];
      this.bucket.addToResourcePolicy(
        new PolicyStatement({
          principals,
          actions: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
          resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
          conditions: isDeployRole,
        }),
      );
      this.key.addToResourcePolicy(
        new PolicyStatement({ principals, actions: ['kms:Decrypt', 'kms:DescribeKey'], resources: ['*'], conditions: isDeployRole }),
      );
    }
  }

  /** How cdk-nag names all objects of the bucket. */
  get everyObject(): string {
    const { bucket } = this;
    return `<${Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*`;
  }

  /** Lets a build read what it is handed and hand on what it makes. */
  grantReadWrite(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:GetBucketLocation', 's3:GetBucketAcl', 's3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: [this.key.keyArn],
      }),
    );
  }

  /** Lets a build read what it is handed. */
  grantRead(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [this.bucket.arnForObjects('*')] }),
    );
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:DescribeKey'], resources: [this.key.keyArn] }),
    );
  }
}
