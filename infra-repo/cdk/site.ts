import { fileURLToPath } from 'node:url';
import { acknowledge } from '@enstratus/platform/cdk';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { contentSecurityPolicy } from './content-security-policy.ts';
import type { SiteDomain } from './site-domain.ts';

export interface SiteProps {
  /** Where the dashboard's people sign in. */
  readonly userPool: UserPool;
  /** A name of one's own; else CloudFront's. */
  readonly domain: SiteDomain | undefined;
}

/** Everything that a dashboard of tables and charts does without. */
const FEATURES_OFF = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'payment',
  'usb',
];

/**
 * Where the dashboard is served from: a bucket that nobody but its distribution reads. What lies in it comes with dashboard-repo's deployment, and so do the times for
 * which each file may be cached.
 */
export class Site extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** Where people open it. */
  readonly url: string;

  constructor(scope: Construct, id: string, { userPool, domain }: SiteProps) {
    super(scope, id);
    this.bucket = this.closedBucket();
    const headers = this.headers(userPool);
    const routing = new EdgeFunction(this, 'Routing', {
      comment: 'Pages of the application are index.html',
      code: FunctionCode.fromFile({ filePath: fileURLToPath(new URL('../src/site/route-page.cloudfront.js', import.meta.url)) }),
      runtime: FunctionRuntime.JS_2_0,
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'ENStratus dashboard',
      defaultRootObject: 'index.html',
      defaultBehavior: {
        // CDK's own class does not fit its interface where an optional property may not be undefined.
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // What a file says of itself counts: its Cache-Control. One that says no-cache is kept for a second.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        compress: true,
        responseHeadersPolicy: headers,
        functionAssociations: [{ function: routing, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.domainName],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }),
    });
    this.url = `https://${domain?.domainName ?? this.distribution.distributionDomainName}`;
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1': 'Who works for a customer may open the dashboard wherever they are; who they are is decided by their sign-in.',
      'AwsSolutions-CFR2':
        'Static files and nothing else are behind it, by GET alone. A firewall costs more by the month than all of the hosting, and would stand before none of the APIs.',
      'AwsSolutions-CFR3':
        'Who opened which static file is of use to nobody, and a log of addresses is personal data with a bucket and a bill of its own.',
      ...(domain === undefined
        ? {
            'AwsSolutions-CFR4':
              "Under CloudFront's own name its certificate and its TLS versions go together; a name of our own takes TLS 1.2 at least.",
          }
        : {}),
    });
  }

  /** Its content is made by a deployment and can be made again: no versions are kept, and an emptied bucket goes with the stack. */
  private closedBucket(): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ id: 'no-half-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    acknowledge(bucket, {
      'AwsSolutions-S1': 'Only dashboard-repo writes here and only CloudFront reads; access logs would be a bucket and a bill more.',
    });
    // A new logical id would mean a new, empty bucket: a dashboard that is gone until it is deployed again.
    (bucket.node.defaultChild as CfnBucket).overrideLogicalId('SiteBucket');
    return bucket;
  }

  private headers(userPool: UserPool): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      comment: 'What browsers are told to keep out of the dashboard',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(this, userPool), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'permissions-policy', value: FEATURES_OFF.map((feature) => `${feature}=()`).join(', '), override: true },
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
          { header: 'cross-origin-resource-policy', value: 'same-origin', override: true },
        ],
      },
    });
  }
}
