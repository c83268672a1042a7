import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../kernel/cloud.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import type { DistributionConfig } from './distribution-config.ts';
import type { OriginAccessControlConfig } from './origin-access-control-operations.ts';
import type { ResponseHeadersPolicyConfig } from './response-headers-policy-config.ts';

/** CloudFront is global: one store an account, in this place of a region's. */
const GLOBAL_REGION = 'aws-global';

interface Versioned {
  /** What a change must present: another one after each. */
  readonly etag: string;
  readonly lastModified_ms: number;
}

export interface Distribution extends Versioned {
  readonly id: string;
  readonly account: string;
  /** Where it answers on 127.0.0.1, for as long as it exists. */
  readonly port: number;
  readonly config: DistributionConfig;
  readonly tags: Readonly<Record<string, string>>;
}

export interface OriginAccessControl extends Versioned {
  readonly id: string;
  readonly config: OriginAccessControlConfig;
}

export interface ResponseHeadersPolicy extends Versioned {
  readonly id: string;
  readonly config: ResponseHeadersPolicyConfig;
}

/** One stage of a function. */
export interface FunctionStage extends Versioned {
  readonly code: string;
  readonly comment: string;
  readonly runtime: 'cloudfront-js-2.0';
}

export interface EdgeFunction {
  readonly name: string;
  readonly created_ms: number;
  readonly development: FunctionStage;
  /** What distributions run; absent until it was published. */
  readonly live?: FunctionStage;
}

interface AccountStore {
  readonly distributions: Collection<Distribution>;
  readonly originAccessControls: Collection<OriginAccessControl>;
  readonly responseHeadersPolicies: Collection<ResponseHeadersPolicy>;
  readonly functions: Collection<EdgeFunction>;
}

/** What CloudFront keeps, by account. */
export class CloudFrontStore {
  readonly cloud: Cloud;
  readonly #of: (scope: { account: string; region: string }) => AccountStore;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.#of = perScope((scope) => {
      const database = cloud.state.database(scope, 'cloudfront');
      return {
        distributions: new Collection<Distribution>(database, 'distributions'),
        originAccessControls: new Collection<OriginAccessControl>(database, 'origin_access_controls'),
        responseHeadersPolicies: new Collection<ResponseHeadersPolicy>(database, 'response_headers_policies'),
        functions: new Collection<EdgeFunction>(database, 'functions'),
      };
    });
  }

  of(account: string): AccountStore {
    return this.#of({ account, region: GLOBAL_REGION });
  }

  /** Every account's distributions. */
  everyDistribution(): Distribution[] {
    return this.cloud.state.scopesOf('cloudfront').flatMap(({ account }) => this.of(account).distributions.list());
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An id or an ETag as CloudFront makes them: `E` and 13 capital letters and digits. */
export function newId(): string {
  return `E${[...randomBytes(13)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}

export function arnOf(
  account: string,
  kind: 'distribution' | 'origin-access-control' | 'response-headers-policy' | 'function',
  id: string,
) {
  return `arn:aws:cloudfront::${account}:${kind}/${id}`;
}
