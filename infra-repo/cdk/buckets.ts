import { acknowledge } from '@enstratus/platform/cdk';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, type CfnBucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** What is kept as files: documents for good in the archive, and for 90 days what could not be understood. */
export class Buckets extends Construct {
  readonly archive: Bucket;
  readonly quarantine: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.archive = this.bucket('Archive', {
      versioned: true,
      lifecycleRules: [
        {
          id: 'cheaper-when-old',
          // S3 itself leaves objects under 128 KiB where they are: moving them would cost more than it saves.
          transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    this.quarantine = this.bucket('Quarantine', {
      lifecycleRules: [{ id: 'kept-90-days', expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
  }

  private bucket(id: string, props: BucketProps): Bucket {
    const bucket = new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'Only functions of this account write here and each logs what it does; access logs would be a bucket and a bill more.',
    });
    (bucket.node.defaultChild as CfnBucket).overrideLogicalId(`${id}Bucket`);
    return bucket;
  }
}
