import type { Cloud } from '../../kernel/cloud.ts';

/** CloudFront is of no region; its bill and its API are those of this one. */
const REGION = 'us-east-1';

/** One request of a viewer, and the body that it was sent (Amazon CloudFront Pricing: requests, data transfer out to internet). */
export function meterViewer(cloud: Cloud, account: string, distributionId: string, egress_bytes: number): void {
  const units = { requests: 1, egress_bytes };
  cloud.meter({ account, region: REGION, service: 'cloudfront', operation: 'viewer-request', resource: distributionId, units });
}

/** One run of a CloudFront function (Amazon CloudFront Pricing, "CloudFront Functions"). */
export function meterFunction(cloud: Cloud, account: string, name: string): void {
  cloud.meter({ account, region: REGION, service: 'cloudfront', operation: 'function', resource: name, units: { requests: 1 } });
}
