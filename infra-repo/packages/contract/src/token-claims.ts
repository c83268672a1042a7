import * as z from 'zod';
import { organizationPathSchema, userIdSchema } from './identifiers.ts';
import { personas } from './personas.ts';

/**
 * What the pre-token-generation trigger puts into a person's tokens, and what every resolver decides by: no read of the table is needed
 * to know whose devices somebody may see. `path` is the organization below which they see everything.
 */
export const tokenClaimsSchema = z.object({
  user_id: userIdSchema,
  persona: z.enum(personas, { error: `persona must be one of ${personas.join(', ')}` }),
  path: organizationPathSchema,
});

export type TokenClaims = z.infer<typeof tokenClaimsSchema>;
