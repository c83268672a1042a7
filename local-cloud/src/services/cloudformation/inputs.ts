import { z } from 'zod';
import { validationError } from './validation-error.ts';

/** Members of requests; over the Query protocol every leaf is text and an empty list is an empty text. */
export const queryBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
export const queryNumber = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);
export const queryList = <T extends z.ZodType>(item: T) => z.preprocess((value) => (value === '' ? [] : value), z.array(item));

export const stackName = z.string().min(1).max(2048);
export const newStackName = z
  .string()
  .max(128, 'Member must have length less than or equal to 128')
  .regex(/^[A-Za-z][-A-Za-z0-9]*$/, 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');

/** A text as the name of a stack that is to be made; throws ValidationError where it can be none. */
export function asNewStackName(text: string): string {
  const { data, error } = newStackName.safeParse(text);
  if (data === undefined) throw validationError(`StackName: ${error.issues.map(({ message }) => message).join('; ')}`);
  return data;
}

export const token = z.string().min(1).max(128).optional();
export const tags = queryList(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

export const parameters = queryList(
  z.strictObject({
    ParameterKey: z.string(),
    ParameterValue: z.string().optional(),
    UsePreviousValue: queryBoolean.optional(),
  }),
);

export const deploymentConfig = z.strictObject({ Mode: z.string().optional(), DisableRollback: queryBoolean.optional() });

/** Members that CreateStack, UpdateStack and CreateChangeSet share. */
export const definitionMembers = {
  TemplateBody: z.string().min(1).optional(),
  TemplateURL: z.string().min(1).max(5120).optional(),
  Parameters: parameters.optional(),
  Capabilities: queryList(z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'])).optional(),
  Tags: tags.optional(),
  RoleARN: z.string().min(20).max(2048).optional(),
  NotificationARNs: queryList(z.string()).optional(),
  DeploymentConfig: deploymentConfig.optional(),
};
