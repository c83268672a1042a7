import { z } from 'zod';

const scope = z.object({ account: z.string(), region: z.string() });

/** `GET /_local/api/scopes` */
export const scopeList = z.object({ current: scope, scopes: z.array(scope), endpoint: z.string() });
export type ScopeList = z.output<typeof scopeList>;
