import { NotCarriedOut } from '../../kernel/aws-error.ts';

export interface CachePolicy {
  readonly name: string;
  /** Whether compressed answers may be asked for: EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli. */
  readonly compresses: boolean;
}

/** Amazon CloudFront Developer Guide, "Use managed cache policies". Their times have no effect: nothing is cached here. */
const MANAGED: Readonly<Record<string, CachePolicy>> = {
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { name: 'CachingOptimized', compresses: true },
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { name: 'CachingDisabled', compresses: false },
};

/** Throws NotCarriedOut for a policy of one's own and for other managed ones. */
export function cachePolicy(id: string): CachePolicy {
  const policy = Object.hasOwn(MANAGED, id) ? MANAGED[id] : undefined;
  if (policy === undefined) throw new NotCarriedOut(`the CloudFront cache policy "${id}": only CachingOptimized and CachingDisabled`);
  return policy;
}
