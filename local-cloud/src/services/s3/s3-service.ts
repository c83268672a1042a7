import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { bucketConfigurationOperations } from './bucket-configuration-operations.ts';
import { bucketOperations } from './bucket-operations.ts';
import { listOperations } from './list-operations.ts';
import { multipartOperations } from './multipart-operations.ts';
import { objectReadOperations } from './object-read-operations.ts';
import { objectWriteOperations } from './object-write-operations.ts';
import { failS3, replyS3 } from './s3-reply.ts';
import { bindS3 } from './s3-request.ts';
import { S3Store } from './s3-store.ts';
import { taggingOperations } from './tagging-operations.ts';

/** Amazon S3: general purpose buckets with ACLs disabled. Bodies are files, everything else is in SQLite. */
export function createS3(cloud: Cloud): Service {
  const store = new S3Store(cloud);
  return {
    name: 's3',
    protocol: {
      kind: 'rest',
      bind: (request) => bindS3(request, cloud.clock()),
      reply: replyS3,
      fail: failS3,
    },
    operations: {
      ...bucketOperations(store),
      ...bucketConfigurationOperations(store),
      ...objectWriteOperations(store),
      ...objectReadOperations(store),
      ...listOperations(store),
      ...multipartOperations(store),
      ...taggingOperations(store),
    },
    start: () => store.sweepBodies(),
  };
}
