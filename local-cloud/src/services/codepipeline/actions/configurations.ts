import { z } from 'zod';
import { NotCarriedOut } from '../../../kernel/aws-error.ts';
import type { ActionDeclaration } from '../pipeline-structure.ts';

/** What a provider takes: its configuration's members, and how many artifacts. */
interface Kind {
  readonly categories: readonly string[];
  readonly configuration: z.ZodType;
  readonly inputs: readonly [least: number, most: number];
  readonly outputs: readonly [least: number, most: number];
}

const no = (what: string) => z.literal('false', `the local cloud does not carry out ${what}`).optional();

/** CodePipeline User Guide, "CodeCommit source action reference". */
export const codeCommitConfiguration = z.strictObject({
  RepositoryName: z.string().min(1),
  BranchName: z.string().min(1),
  PollForSourceChanges: z.literal('false', 'the local cloud does not poll: EventBridge starts a pipeline with PollForSourceChanges false'),
  OutputArtifactFormat: z.literal('CODE_ZIP', 'the local cloud carries out CODE_ZIP alone').optional(),
});

/** CodePipeline User Guide, "AWS CodeBuild build and test action reference". */
export const codeBuildConfiguration = z.strictObject({
  ProjectName: z.string().min(1),
  PrimarySource: z.string().min(1).optional(),
  EnvironmentVariables: z.string().optional(),
  BatchEnabled: no('batch builds'),
  CombineArtifacts: no('batch builds'),
});

const everyMode = { StackName: z.string().min(1), OutputFileName: z.string().min(1).optional() };
const withTemplate = {
  TemplatePath: z.string().regex(/^[^:]+::.+$/, 'must be <artifact>::<file>'),
  TemplateConfiguration: z
    .string()
    .regex(/^[^:]+::.+$/, 'must be <artifact>::<file>')
    .optional(),
  RoleArn: z.string().min(20),
  Capabilities: z.string().optional(),
  ParameterOverrides: z.string().optional(),
};

/**
 * CodePipeline User Guide, "AWS CloudFormation deploy action reference". Properties that a mode ignores are taken by it there as here;
 * the other modes are refused by name.
 */
export const cloudFormationConfiguration = z.discriminatedUnion(
  'ActionMode',
  [
    z.strictObject({ ActionMode: z.literal('CHANGE_SET_REPLACE'), ChangeSetName: z.string().min(1), ...everyMode, ...withTemplate }),
    z.strictObject({ ActionMode: z.literal('CREATE_UPDATE'), ChangeSetName: z.string().optional(), ...everyMode, ...withTemplate }),
    z.strictObject({
      ActionMode: z.literal('CHANGE_SET_EXECUTE'),
      ChangeSetName: z.string().min(1),
      ...everyMode,
      ...z.object(withTemplate).partial().shape,
    }),
    z.strictObject({
      ActionMode: z.literal('DELETE_ONLY'),
      ChangeSetName: z.string().optional(),
      ...everyMode,
      ...z.object(withTemplate).partial().shape,
      RoleArn: z.string().min(20),
    }),
  ],
  'ActionMode: the local cloud carries out CHANGE_SET_REPLACE, CHANGE_SET_EXECUTE, CREATE_UPDATE and DELETE_ONLY',
);

/** CodePipeline User Guide, "Add a manual approval action to a pipeline in CodePipeline". */
export const approvalConfiguration = z.strictObject({
  NotificationArn: z.string().optional(),
  CustomData: z.string().max(1000).optional(),
  ExternalEntityLink: z.string().optional(),
});

const KINDS: Readonly<Record<string, Kind>> = {
  CodeCommit: { categories: ['Source'], configuration: codeCommitConfiguration, inputs: [0, 0], outputs: [1, 1] },
  CodeBuild: { categories: ['Build', 'Test'], configuration: codeBuildConfiguration, inputs: [1, 5], outputs: [0, 5] },
  CloudFormation: { categories: ['Deploy'], configuration: cloudFormationConfiguration, inputs: [0, 10], outputs: [0, 1] },
  Manual: { categories: ['Approval'], configuration: approvalConfiguration, inputs: [0, 0], outputs: [0, 0] },
};

/** Throws NotCarriedOut for a provider that isn't here, and what `invalid` makes of a configuration that its provider doesn't take. */
export function checkConfiguration(action: ActionDeclaration, invalid: (why: string) => Error): void {
  const { category, owner, provider, version } = action.actionTypeId;
  const kind = owner === 'AWS' && Object.hasOwn(KINDS, provider) ? KINDS[provider] : undefined;
  if (kind === undefined || version !== '1' || !kind.categories.includes(category)) {
    throw new NotCarriedOut(`the action type ${category}/${owner}/${provider}/${version} of codepipeline`);
  }
  const { error } = kind.configuration.safeParse(action.configuration);
  for (const issue of error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys')
      throw new NotCarriedOut(`the configuration "${issue.keys.join('", "')}" of ${provider} actions`);
    throw invalid(`${issue.path.map(String).join('.') || 'configuration'}: ${issue.message}`);
  }
  for (const [direction, count, [least, most]] of [
    ['input', action.inputArtifacts.length, kind.inputs],
    ['output', action.outputArtifacts.length, kind.outputs],
  ] as const) {
    if (count < least || count > most) {
      throw invalid(`${provider} takes ${least === most ? least : `${least} to ${most}`} ${direction} artifact(s), ${count} given`);
    }
  }
  if (provider === 'CodeBuild' && action.inputArtifacts.length > 1 && action.configuration['PrimarySource'] === undefined) {
    throw invalid('PrimarySource is required with more than one input artifact');
  }
}
