import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Organization, pipelineStackPrefix } from '@enstratus/platform/delivery';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { executionPolicy, executionPolicyName } from './execution-policy.ts';

export type BootstrappedAccount = 'delivery' | Organization['stages'][number]['stage'];

const statementSchema = z.looseObject({ Principal: z.unknown().optional(), Condition: z.unknown().optional() });
const branchSchema = z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) });
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
});
const roleSchema = z.looseObject({ AssumeRolePolicyDocument: z.looseObject({ Statement: z.array(z.unknown()) }) });

/** Which of the delivery account's roles each of the bootstrap's roles trusts, by the names that the pipelines' stacks give them. */
const trusted: Readonly<Record<string, readonly string[]>> = {
  DeploymentActionRole: [`${pipelineStackPrefix}*`],
  FilePublishingRole: [`${pipelineStackPrefix}*`],
  ImagePublishingRole: [`${pipelineStackPrefix}*`],
  LookupRole: ['enstratus-changes', `${pipelineStackPrefix}*`],
};

/**
 * CDK's own bootstrap template ("Customize AWS CDK bootstrapping"), of the CLI that is installed, with two changes: where it trusts the delivery account it trusts the pipelines'
 * roles there, not everybody in it; and CloudFormation gets a policy of the account's own instead of AdministratorAccess. In production nobody of the account itself may deploy
 * by these roles. Throws an Error when CDK's template is another than what this knows.
 */
export function bootstrapTemplate(account: BootstrappedAccount, organization: Organization): string {
  const file = join(
    dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')),
    'lib',
    'api',
    'bootstrap',
    'bootstrap-template.yaml',
  );
  const template = templateSchema.parse(parse(readFileSync(file, 'utf8')));
  const { Resources } = template;
  for (const [id, names] of Object.entries(trusted)) {
    const role = roleSchema.parse(Resources[id]?.Properties);
    const patterns = names.map((name) => `arn:aws:iam::${organization.delivery.account}:role/${name}`);
    const statements = role.AssumeRolePolicyDocument.Statement.map((statement) => onlyBy(statement, patterns));
    if (JSON.stringify(statements) === JSON.stringify(role.AssumeRolePolicyDocument.Statement))
      throw new Error(`CDK's ${id} trusts no other account any more`);
    role.AssumeRolePolicyDocument.Statement = account === 'prod' ? statements.filter((statement) => !isOwnAccount(statement)) : statements;
    (Resources[id] as { Properties: unknown }).Properties = role;
  }
  const execution = Resources['CloudFormationExecutionRole'];
  if (execution?.Properties['ManagedPolicyArns'] === undefined)
    throw new Error("CDK's CloudFormationExecutionRole has no ManagedPolicyArns any more");
  execution.Properties['ManagedPolicyArns'] = [{ Ref: 'EnstratusExecutionPolicy' }];
  Resources['EnstratusExecutionPolicy'] = {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: 'What CloudFormation may do here for a pipeline of ENStratus',
      ManagedPolicyName: { 'Fn::Join': ['-', [executionPolicyName, { Ref: 'AWS::Region' }]] },
      PolicyDocument: executionPolicy(account),
    },
  };
  return stringify(template, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A statement that lets another account in, for these roles of it alone; any other as it is. */
function onlyBy(statement: unknown, patterns: readonly string[]): unknown {
  const branch = branchSchema.safeParse(statement).data?.['Fn::If'];
  if (branch === undefined) return statement;
  const [condition, letIn, otherwise] = branch;
  const { Condition, ...rest } = statementSchema.parse(letIn);
  const isPipeline = { ArnLike: { 'aws:PrincipalArn': patterns } };
  const external = branchSchema.safeParse(Condition).data?.['Fn::If'];
  const narrowed =
    external === undefined
      ? isPipeline
      : { 'Fn::If': [external[0], { ...z.looseObject({}).parse(external[1]), ...isPipeline }, isPipeline] };
  return { 'Fn::If': [condition, { ...rest, Condition: narrowed }, otherwise] };
}

function isOwnAccount(statement: unknown): boolean {
  const { data } = z.object({ Principal: z.object({ AWS: z.object({ Ref: z.literal('AWS::AccountId') }) }) }).safeParse(statement);
  return data !== undefined;
}
