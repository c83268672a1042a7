import { fileURLToPath } from 'node:url';
import { SiteHosting } from '@enstratus/platform/cdk';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { contentSecurityPolicy } from './content-security-policy.ts';
import type { SiteDomain } from './site-domain.ts';

export interface SiteProps {
  /** Where the dashboard's people sign in. */
  readonly userPool: UserPool;
  /** A name of one's own; else CloudFront's. */
  readonly domain: SiteDomain | undefined;
}

/** Where the dashboard is served from. What lies in its bucket comes with dashboard-repo's deployment. */
export class Site extends SiteHosting {
  constructor(scope: Construct, id: string, { userPool, domain }: SiteProps) {
    super(scope, id, {
      name: 'dashboard',
      bucketLogicalId: 'SiteBucket',
      contentSecurityPolicy: contentSecurityPolicy(scope, userPool),
      routing: {
        filePath: fileURLToPath(new URL('../src/site/route-page.cloudfront.js', import.meta.url)),
        comment: 'Pages of the application are index.html',
      },
      domain,
      filledBy: 'dashboard-repo',
      whyEverywhere: 'Who works for a customer may open the dashboard wherever they are; who they are is decided by their sign-in.',
    });
  }
}
