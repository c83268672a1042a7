import { z } from 'zod';
import { NotCarriedOut } from './aws-error.ts';

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => (Array.isArray(value) ? value : [value]));

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z.union([scalar, z.array(scalar)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** Kinds that no caller of this local cloud has: a Deny for one of them would be skipped in silence. */
const UNKNOWN_PRINCIPALS = ['Federated', 'CanonicalUser'] as const;

const principals = z.union([
  z.literal('*').transform(() => ({ AWS: ['*'] }) as Record<string, string[]>),
  z.record(z.enum(['AWS', 'Service', 'Federated', 'CanonicalUser']), oneOrMany.optional()).transform((record) => {
    // Thrown, because the issue's text would get lost in the unions around it.
    for (const kind of UNKNOWN_PRINCIPALS) {
      if (record[kind] !== undefined) throw new NotCarriedOut(`IAM principals of the kind "${kind}"`);
    }
    return record as Record<string, string[]>;
  }),
]);

/**
 * One statement of an IAM policy (IAM User Guide, "IAM JSON policy element reference"). Single values become lists.
 */
export const policyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principals.optional(),
  NotPrincipal: z.undefined({ error: 'NotPrincipal is not carried out by the local cloud' }).optional(),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});

/** An IAM policy document, identity-based or resource-based. Parsing throws NotCarriedOut for a kind of principal. */
export const policyDocument = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([policyStatement, z.array(policyStatement)]).transform((value) => (Array.isArray(value) ? value : [value])),
});

export type PolicyStatement = z.output<typeof policyStatement>;
export type PolicyDocument = z.output<typeof policyDocument>;

/** A policy that may arrive as an object or as JSON text, as CloudFormation and the APIs hand it over. */
export const policyDocumentOrJson = z.union([
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'The policy is not valid JSON' });
        return z.NEVER;
      }
    })
    .pipe(policyDocument),
  policyDocument,
]);
