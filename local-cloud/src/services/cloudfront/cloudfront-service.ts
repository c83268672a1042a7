import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { cloudFrontProtocol } from './cloudfront-protocol.ts';
import { cloudFrontResourceTypes } from './cloudfront-resource-types.ts';
import { CloudFrontStore } from './cloudfront-store.ts';
import { DistributionListeners } from './distribution-listeners.ts';
import { describeDistribution, distributionOperations } from './distribution-operations.ts';
import { functionOperations } from './function-operations.ts';
import { originAccessControlOperations } from './origin-access-control-operations.ts';
import { responseHeadersPolicyOperations } from './response-headers-policy-operations.ts';
import { serveViewer } from './viewer-door.ts';

/** Amazon CloudFront in front of S3 buckets: each distribution answers on a port of its own. Nothing is cached. */
export function createCloudFront(cloud: Cloud): Service {
  const store = new CloudFrontStore(cloud);
  const listeners = new DistributionListeners(
    (key, incoming, outgoing) => void serveViewer(store, key, incoming, outgoing),
    () => cloud.certificate,
  );
  return {
    name: 'cloudfront',
    protocol: cloudFrontProtocol,
    operations: {
      ...distributionOperations(store, listeners),
      ...originAccessControlOperations(store),
      ...responseHeadersPolicyOperations(store),
      ...functionOperations(store),
    },
    resourceTypes: cloudFrontResourceTypes,
    start: async () => {
      for (const distribution of store.everyDistribution()) {
        if (distribution.config.Enabled) await listeners.open(distribution, distribution.port, describeDistribution(distribution));
      }
    },
    stop: () => listeners.closeAll(),
  };
}
