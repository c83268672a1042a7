import { Fn, Stack } from 'aws-cdk-lib';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/**
 * What pages of the dashboard may load and whom they may talk to: their own origin, the user pool's, and AppSync's endpoints of this region. Nothing inline, so that
 * what somebody smuggles into a page does not run.
 */
export function contentSecurityPolicy(scope: Construct, userPool: UserPool): string {
  const { region, urlSuffix } = Stack.of(scope);
  const people = originOf(userPool.userPoolProviderUrl);
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': [
      "'self'",
      people.http,
      // An endpoint override moves every API of AWS to one origin, AppSync's websockets too; a source of http does not cover ws.
      people.ws,
      `https://*.appsync-api.${region}.${urlSuffix}`,
      `wss://*.appsync-realtime-api.${region}.${urlSuffix}`,
    ],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'manifest-src': ["'self'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** The origin of a URL that is known only when it is deployed, and the same for websockets. */
function originOf(url: string): { readonly http: string; readonly ws: string } {
  const parts = Fn.split('/', url);
  const scheme = Fn.select(0, parts);
  const host = Fn.select(2, parts);
  return { http: `${scheme}//${host}`, ws: `${Fn.join('ws', Fn.split('http', scheme))}//${host}` };
}
