import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { type ParameterUse, parameterUse, templateSchema } from '@enstratus/platform/delivery';
import { systemStacks } from '../stacks.ts';

/**
 * The system's stacks as they stand in the account, with what each reads and writes by the template with which it was deployed: the order in which they go follows from these, whatever the repos look
 * like by now. Throws what CloudFormation throws.
 */
export async function deployedStacks(client: CloudFormationClient): Promise<ParameterUse[]> {
  const names = await systemStacks(client);
  return Promise.all(
    names.map(async (StackName) => {
      const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
      return parameterUse(StackName, [{ template: templateSchema.parse(JSON.parse(TemplateBody)) }]);
    }),
  );
}
