import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import { handTemplate } from '../../cloudformation/handed-templates.ts';
import { ActionFailed, type ActionOutcome, type ActionRun } from './action-run.ts';
import { ActionStack, isEmpty, type Stack } from './cloudformation-stack.ts';
import { cloudFormationConfiguration } from './configurations.ts';

type Configuration = z.output<typeof cloudFormationConfiguration>;
type WithTemplate = Extract<Configuration, { ActionMode: 'CHANGE_SET_REPLACE' | 'CREATE_UPDATE' }>;

const NO_CHANGES = 'The stack is as the template has it: there was nothing to change.';

/**
 * Prepares or carries out a deployment in the account of the action's role (CodePipeline User Guide, "AWS CloudFormation deploy action reference").
 * A change set's execution is kept before it is asked for, so that after a restart the action waits for it instead of finding it used up.
 */
export async function deploy(run: ActionRun): Promise<ActionOutcome> {
  const { data: configuration, error } = cloudFormationConfiguration.safeParse(run.configuration);
  if (configuration === undefined) throw new ActionFailed('ConfigurationError', error.issues.map(({ message }) => message).join('; '));
  const stack = new ActionStack(run, configuration.StackName);
  switch (configuration.ActionMode) {
    case 'CHANGE_SET_REPLACE':
      return replaceChangeSet(run, stack, configuration);
    case 'CHANGE_SET_EXECUTE':
      return outcomeOf(run, configuration, await executeChangeSet(run, stack, configuration.ChangeSetName));
    case 'CREATE_UPDATE':
      return outcomeOf(run, configuration, await createOrUpdate(run, stack, configuration));
    case 'DELETE_ONLY':
      return deleteStack(run, stack, configuration.RoleArn);
  }
}

async function replaceChangeSet(
  run: ActionRun,
  stack: ActionStack,
  configuration: Extract<WithTemplate, { ActionMode: 'CHANGE_SET_REPLACE' }>,
) {
  const { ChangeSetName } = configuration;
  const existing = await stack.describe();
  if (existing !== undefined && (await stack.changeSet(ChangeSetName)) !== undefined) {
    await stack.call('DeleteChangeSet', { StackName: stack.name, ChangeSetName });
  }
  const isNew = existing === undefined || existing.StackStatus === 'REVIEW_IN_PROGRESS';
  await withDefinition(run, configuration, (definition) =>
    stack.call('CreateChangeSet', { StackName: stack.name, ChangeSetName, ChangeSetType: isNew ? 'CREATE' : 'UPDATE', ...definition }),
  );
  const made = await stack.changeSet(ChangeSetName);
  if (made === undefined) throw new ActionFailed('JobFailed', `Change set ${ChangeSetName} was deleted as soon as it was made`);
  if (made.Status !== 'CREATE_COMPLETE' && !isEmpty(made)) {
    throw new ActionFailed('JobFailed', `Change set ${ChangeSetName} could not be made. ${made.StatusReason ?? made.Status}`);
  }
  return { externalId: made.ChangeSetId, summary: isEmpty(made) ? NO_CHANGES : `Change set ${ChangeSetName} was created.` };
}

async function executeChangeSet(run: ActionRun, stack: ActionStack, ChangeSetName: string): Promise<Stack> {
  const begun = run.record.progress['changeSetId'];
  const changeSet = await stack.changeSet(begun ?? ChangeSetName);
  if (changeSet === undefined && begun === undefined) {
    throw new ActionFailed('JobFailed', `ChangeSet [${ChangeSetName}] does not exist`);
  }
  // However its last update ended, one that was taken back included: the stack is as the template has it.
  if (changeSet !== undefined && isEmpty(changeSet)) return stack.standing();
  if (changeSet?.ExecutionStatus === 'AVAILABLE') {
    run.keep({ changeSetId: changeSet.ChangeSetId }, { externalId: changeSet.ChangeSetId });
    await stack.call('ExecuteChangeSet', { StackName: stack.name, ChangeSetName: changeSet.ChangeSetId });
  } else if (begun === undefined) {
    throw new ActionFailed(
      'JobFailed',
      `ChangeSet [${ChangeSetName}] cannot be executed in its current execution status of [${changeSet?.ExecutionStatus}]`,
    );
  }
  return stack.deployed();
}

async function createOrUpdate(run: ActionRun, stack: ActionStack, configuration: WithTemplate): Promise<Stack> {
  // After a restart the last process's request may still go on; then this one finds nothing to update.
  const operation = (await stack.settled()) === undefined ? 'CreateStack' : 'UpdateStack';
  try {
    await withDefinition(run, configuration, (definition) => stack.call(operation, { StackName: stack.name, ...definition }));
  } catch (error) {
    if (!(error instanceof AwsError && error.message.includes('No updates are to be performed'))) throw error;
  }
  return stack.deployed();
}

async function deleteStack(run: ActionRun, stack: ActionStack, RoleARN: string): Promise<ActionOutcome> {
  const existing = await stack.describe();
  if (existing === undefined) return { summary: `Stack ${stack.name} does not exist` };
  run.keep({ stackId: existing.StackId }, { externalId: existing.StackId });
  await stack.call('DeleteStack', { StackName: existing.StackId, RoleARN });
  const gone = await stack.settled(existing.StackId);
  if (gone !== undefined && gone.StackStatus !== 'DELETE_COMPLETE') {
    throw new ActionFailed('JobFailed', `Stack ${stack.name} is in ${gone.StackStatus} state. ${gone.StackStatusReason ?? ''}`.trim());
  }
  return { externalId: existing.StackId, summary: `Stack ${stack.name} was deleted.` };
}

/** Outputs are the action's variables, and a file of its output artifact when OutputFileName asks for it. */
async function outcomeOf(run: ActionRun, { OutputFileName }: Configuration, stack: Stack): Promise<ActionOutcome> {
  const variables = Object.fromEntries(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const [place] = Object.values(run.record.outputs);
  if (OutputFileName !== undefined && place !== undefined) {
    await run.artifacts.putFile(place, OutputFileName, JSON.stringify(variables, null, 2), run.caller);
  }
  return { externalId: stack.StackId, variables, summary: `Deployment Succeeded: ${stack.StackStatus}` };
}

/** Does `work` with what the action says of the stack: its template lies behind a URL meanwhile, because it may have 1 MB. */
async function withDefinition(
  run: ActionRun,
  { TemplatePath, TemplateConfiguration, RoleArn, Capabilities, ParameterOverrides }: WithTemplate,
  work: (definition: object) => Promise<unknown>,
): Promise<void> {
  const template = handTemplate(run.cloud, await readInput(run, 'TemplatePath', TemplatePath));
  const { Parameters, Tags } = TemplateConfiguration === undefined ? {} : await readConfiguration(run, TemplateConfiguration);
  // "If you specify a parameter in both, the value that is specified in ParameterOverrides is used" (the same page).
  const parameters = {
    ...Parameters,
    ...(ParameterOverrides === undefined ? {} : readJson('ParameterOverrides', ParameterOverrides, parameterOverrides)),
  };
  try {
    await work({
      TemplateURL: template.url,
      RoleARN: RoleArn,
      ...(Capabilities === undefined ? {} : { Capabilities: Capabilities.split(',').map((one) => one.trim()) }),
      ...(Object.keys(parameters).length === 0
        ? {}
        : { Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })) }),
      ...(Tags === undefined ? {} : { Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })) }),
    });
  } finally {
    template.release();
  }
}

async function readInput(run: ActionRun, property: string, path: string): Promise<string> {
  const at = path.indexOf('::');
  const artifact = path.slice(0, at);
  const file = path.slice(at + 2);
  const place = run.record.inputs[artifact];
  if (place === undefined) throw new ActionFailed('ConfigurationError', `${property}: ${artifact} is none of the action's input artifacts`);
  const text = await run.artifacts.readFile(place, file, run.caller);
  if (text === undefined) throw new ActionFailed('JobFailed', `File [${file}] does not exist in artifact [${artifact}]`);
  return text;
}

/** CloudFormation User Guide, "AWS CloudFormation artifacts": the template configuration file. */
const templateConfiguration = z.strictObject({
  Parameters: z.record(z.string(), z.string()).optional(),
  Tags: z.record(z.string(), z.string()).optional(),
  StackPolicy: z.undefined('the local cloud does not carry out stack policies').optional(),
});

const readConfiguration = async (run: ActionRun, path: string): Promise<z.infer<typeof templateConfiguration>> =>
  readJson('TemplateConfiguration', await readInput(run, 'TemplateConfiguration', path), templateConfiguration);

const parameterOverrides = z.record(
  z.string(),
  z.string('the local cloud carries out texts alone, no Fn::GetArtifactAtt and no Fn::GetParam'),
);

/** Parses a property's JSON. Throws ActionFailed with the property's name, and the member's that is wrong. */
function readJson<Shape extends z.ZodType>(property: string, text: string, shape: Shape): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ActionFailed('ConfigurationError', `${property} is not valid JSON`);
  }
  const { data, error } = shape.safeParse(value);
  if (error === undefined) return data;
  const issue = error.issues[0];
  throw new ActionFailed('ConfigurationError', `${[property, ...(issue?.path ?? [])].map(String).join('.')}: ${issue?.message}`);
}
