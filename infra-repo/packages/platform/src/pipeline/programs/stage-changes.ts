import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { type Template, templateSchema } from './assembly-stacks.ts';
import { type StackChanges, stackChanges } from './stack-changes.ts';
import { type StageDeployment, stageIsReady, type Waiting } from './stage-readiness.ts';
import { nothingReadVanishes, readsAreSaid } from './vanishing-parameters.ts';

/** Who answers for what is deployed in a stage's account. */
export interface StageClients {
  readonly cloudFormation: CloudFormationClient;
  readonly ssm: SSMClient;
}

/**
 * What a deployment would change in a stage, as soon as the stage has what it reads. Throws an Error when that does not come within the limit, or when the deployment would take from
 * somebody a parameter that they read.
 */
export async function stageChanges(
  { cloudFormation, ssm }: StageClients,
  deployment: StageDeployment,
  waiting: Waiting,
): Promise<StackChanges[]> {
  const { stage, stacks } = deployment;
  readsAreSaid(stacks);
  await stageIsReady(ssm, deployment, waiting);
  const deployed = await Promise.all(stacks.map(({ stackName }) => deployedTemplate(cloudFormation, stackName)));
  await nothingReadVanishes(ssm, stage, stacks, deployed);
  return stacks.map(({ stackName, template }, index) => stackChanges(stackName, deployed[index], template));
}

async function deployedTemplate(cloudFormation: CloudFormationClient, StackName: string): Promise<Template | undefined> {
  try {
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
    return TemplateBody === undefined ? undefined : templateSchema.parse(JSON.parse(TemplateBody));
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
