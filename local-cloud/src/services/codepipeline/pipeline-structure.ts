import { z } from 'zod';

/** Names of pipelines, stages and actions (CodePipeline API Reference, "StageDeclaration", "ActionDeclaration"). */
export const pipelineName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9.@\-_]+$/, 'may hold letters, digits and .@-_');
const artifactName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, _ and -');
const roleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/.+$/, 'must be the ARN of a role');

export const actionTypeId = z.strictObject({
  category: z.enum(['Source', 'Build', 'Deploy', 'Test', 'Invoke', 'Approval', 'Compute']),
  owner: z.enum(['AWS', 'ThirdParty', 'Custom']),
  provider: z.string().min(1).max(50),
  version: z.string().min(1).max(9),
});

export const actionDeclaration = z.strictObject({
  name: pipelineName,
  actionTypeId,
  runOrder: z.number().int().min(1).max(999).default(1),
  configuration: z.record(z.string(), z.string()).default({}),
  inputArtifacts: z.array(z.strictObject({ name: artifactName })).default([]),
  outputArtifacts: z.array(z.strictObject({ name: artifactName })).default([]),
  roleArn: roleArn.optional(),
  region: z.string().optional(),
  namespace: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9@\-_]+$/, 'may hold letters, digits and @-_')
    .optional(),
  timeoutInMinutes: z.number().int().min(5).max(86_400).optional(),
});

export const stageDeclaration = z.strictObject({
  name: pipelineName,
  actions: z.array(actionDeclaration).min(1),
  onFailure: z
    .strictObject({ result: z.enum(['ROLLBACK', 'FAIL'], 'the local cloud carries out ROLLBACK and FAIL alone').optional() })
    .optional(),
});

/** A pipeline's structure as the API writes it (CodePipeline API Reference, "PipelineDeclaration"); what isn't carried out is refused by name. */
export const pipelineDeclaration = z.strictObject({
  name: pipelineName,
  roleArn,
  artifactStore: z.strictObject({
    type: z.literal('S3'),
    location: z.string().min(3).max(63),
    encryptionKey: z.strictObject({ id: z.string().min(1), type: z.literal('KMS') }).optional(),
  }),
  stages: z.array(stageDeclaration),
  executionMode: z.string().default('SUPERSEDED'),
  // The API's default is V1.
  pipelineType: z.string().default('V1'),
  /** Given by CodePipeline; what a caller sends is left out of account ("UpdatePipeline"). */
  version: z.number().int().optional(),
});

export type ActionDeclaration = z.output<typeof actionDeclaration>;
export type StageDeclaration = z.output<typeof stageDeclaration>;
export type PipelineDeclaration = Omit<z.output<typeof pipelineDeclaration>, 'version'>;
