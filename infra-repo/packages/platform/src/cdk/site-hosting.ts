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
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './service-app.ts';

export interface SiteHostingProps {
  /** What is hosted, such as `dashboard`: for the comments in CloudFront's console. */
  readonly name: string;
  /** The bucket's logical id. It is pinned: a new one would mean a new, empty bucket, a site that is gone until it is deployed again. */
  readonly bucketLogicalId: string;
  /** The text of the header Content-Security-Policy. */
  readonly contentSecurityPolicy: string;
  /** A file with a CloudFront function for viewer requests (cloudfront-js-2.0), and what it does. None: a path is a file's name. */
  readonly routing?: { readonly filePath: string; readonly comment: string };
  /** A name of one's own and its certificate in us-east-1; else CloudFront's. */
  readonly domain?: { readonly domainName: string; readonly certificateArn: string } | undefined;
  /** Whose repo writes into the bucket, for the reason why it keeps no access log. */
  readonly filledBy: string;
  /** Why nobody is kept out by the country that they are in. */
  readonly whyEverywhere: string;
}

/** Everything that pages of text, tables and charts do without. */
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
 * Where a static site is served from: a bucket that nobody but its distribution reads. What lies in it comes by `deploySite` of `@enstratus/platform/site`, and so do the times for
 * which each file may be cached.
 */
export class SiteHosting extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** Where people open it. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: SiteHostingProps) {
    super(scope, id);
    const { name, routing, domain, whyEverywhere } = props;
    this.bucket = this.closedBucket(props);
    const headers = this.headers(props);
    const route =
      routing === undefined
        ? undefined
        : new EdgeFunction(this, 'Routing', {
            comment: routing.comment,
            code: FunctionCode.fromFile({ filePath: routing.filePath }),
            runtime: FunctionRuntime.JS_2_0,
          });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `ENStratus ${name}`,
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
        ...(route === undefined ? {} : { functionAssociations: [{ function: route, eventType: FunctionEventType.VIEWER_REQUEST }] }),
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
      'AwsSolutions-CFR1': whyEverywhere,
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
  private closedBucket({ filledBy, bucketLogicalId }: SiteHostingProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ id: 'no-half-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    acknowledge(bucket, {
      'AwsSolutions-S1': `Only ${filledBy} writes here and only CloudFront reads; access logs would be a bucket and a bill more.`,
    });
    (bucket.node.defaultChild as CfnBucket).overrideLogicalId(bucketLogicalId);
    return bucket;
  }

  private headers({ name, contentSecurityPolicy }: SiteHostingProps): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      comment: `What browsers are told to keep out of the ${name}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
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
