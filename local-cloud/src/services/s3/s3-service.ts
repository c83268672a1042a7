import type { Cloud } from '../../kernel/cloud.ts';
import { metered } from '../../metering/metered-operations.ts';
import type { StoringService } from '../../metering/stored-bytes.ts';
import { bucketConfigurationOperations } from './bucket-configuration-operations.ts';
import { bucketOperations } from './bucket-operations.ts';
import { sweepLifecycle } from './lifecycle-sweep.ts';
import { listOperations } from './list-operations.ts';
import { multipartOperations } from './multipart-operations.ts';
import { objectReadOperations } from './object-read-operations.ts';
import { objectWriteOperations } from './object-write-operations.ts';
import { meterBucketRequest } from './request-units.ts';
import { failS3, replyS3 } from './s3-reply.ts';
import { bindS3 } from './s3-request.ts';
import { s3ResourceTypes } from './s3-resource-types.ts';
import { S3Store } from './s3-store.ts';
import { taggingOperations } from './tagging-operations.ts';

/** AWS looks at the rules about once a day; a laptop isn't always on. */
const LIFECYCLE_INTERVAL_ms = 3600 * 1000;

/** Amazon S3: general purpose buckets with ACLs disabled. Bodies are files, everything else is in SQLite. */
export function createS3(cloud: Cloud): StoringService {
  const store = new S3Store(cloud);
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  const sweep = () => {
    sweeping = sweeping.then(() => sweepLifecycle(store)).catch((error: unknown) => console.error('the S3 lifecycle sweep failed:', error));
    return sweeping;
  };
  return {
    name: 's3',
    protocol: {
      kind: 'rest',
      bind: (request) => bindS3(request, cloud.clock()),
      reply: replyS3,
      fail: failS3,
    },
    operations: metered(
      {
        ...bucketOperations(store),
        ...bucketConfigurationOperations(store),
        ...objectWriteOperations(store),
        ...objectReadOperations(store),
        ...listOperations(store),
        ...multipartOperations(store),
        ...taggingOperations(store),
      },
      meterBucketRequest,
    ),
    resourceTypes: s3ResourceTypes,
    storedBytes: () => store.storedBytes(),
    start: async () => {
      store.sweepBodies();
      await sweep();
      timer = setInterval(() => void sweep(), LIFECYCLE_INTERVAL_ms).unref();
    },
    stop: async () => {
      clearInterval(timer);
      await sweeping;
    },
  };
}
