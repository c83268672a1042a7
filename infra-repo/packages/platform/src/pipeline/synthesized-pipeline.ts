import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { pipelineStackPrefix } from './delivery-names.ts';
import { stacksOfAssembly } from './programs/assembly-stacks.ts';

/** What holds data or an address that others know: a new logical id would be a new one, without the data and unknown. */
const stateful =
  /^AWS::(AppSync::GraphQLApi|CloudFront::Distribution|Cognito::UserPool(Client)?|DynamoDB::Table|KMS::Key|Lambda::Url|S3::Bucket|SNS::Topic|SQS::Queue)$/;

const text = z.union([z.string(), z.array(z.string())]);
const statement = z.object({ Effect: z.string(), Action: text, Resource: z.unknown() });
const pipelineTemplate = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});
const pipelineProperties = z.object({
  PipelineType: z.string(),
  ExecutionMode: z.string(),
  Stages: z.array(
    z.object({
      Name: z.string(),
      OnFailure: z.object({ Result: z.string() }).optional(),
      Actions: z.array(z.object({ Name: z.string(), RunOrder: z.number(), ActionTypeId: z.object({ Provider: z.string() }) })),
    }),
  ),
});
const policyProperties = z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) });

/** A repo's pipeline as its app synthesizes it, for the template test of that repo. */
export interface SynthesizedPipeline {
  /** Such as `V2 SUPERSEDED`. */
  readonly mode: string;
  /** `<stage>: <actions in their order>`, those that run at the same time joined by ` + `; an action in which somebody decides ends with `?`. */
  readonly stages: readonly string[];
  /** The stages that go back by themselves when they fail. */
  readonly goBack: readonly string[];
  /** What the builds install besides the repo's own packages, as npm is told it: `aws-cdk@2.1148.1`. */
  readonly tools: readonly string[];
  /** Actions that are granted on every resource, or every action on one. */
  readonly onEverything: readonly string[];
  /** What holds data or a known address, as `<stack> <type> <logical id>`. The same in every stage: it throws when they differ. */
  readonly stateful: readonly string[];
}

/**
 * Runs a repo's `bin/pipeline.ts` as the build of its pipeline does, with every check that fails a synthesis (a wildcard without a reason among them), and answers what came out. Throws what the
 * app has thrown.
 */
export async function synthesizedPipeline(app: URL): Promise<SynthesizedPipeline> {
  const outdir = await mkdtemp(join(tmpdir(), 'synthesized-pipeline-'));
  try {
    await promisify(execFile)(process.execPath, [fileURLToPath(app)], {
      cwd: fileURLToPath(new URL('..', app)),
      env: { ...process.env, CDK_OUTDIR: outdir },
      maxBuffer: 64 * 1024 * 1024,
    });
    return await readPipeline(outdir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

async function readPipeline(outdir: string): Promise<SynthesizedPipeline> {
  const files = await readdir(outdir);
  const template = files.find((file) => file.startsWith(pipelineStackPrefix) && file.endsWith('.template.json'));
  if (template === undefined) throw new Error(`the app has synthesized no stack whose name begins with ${pipelineStackPrefix}`);
  const json = await readFile(join(outdir, template), 'utf8');
  const { Resources } = pipelineTemplate.parse(JSON.parse(json));
  const ofType = (type: string) => Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
  const { PipelineType, ExecutionMode, Stages } = pipelineProperties.parse(ofType('AWS::CodePipeline::Pipeline')[0]);
  const buildspecs = await Promise.all(
    files.filter((file) => file.startsWith('buildspec-')).map((file) => readFile(join(outdir, file), 'utf8')),
  );
  const grants = ofType('AWS::IAM::Policy').flatMap((policy) => policyProperties.parse(policy).PolicyDocument.Statement);
  return {
    mode: `${PipelineType} ${ExecutionMode}`,
    stages: Stages.map(({ Name, Actions }) => `${Name}: ${inOrder(Actions)}`),
    goBack: Stages.flatMap(({ Name, OnFailure }) => (OnFailure?.Result === 'ROLLBACK' ? [Name] : [])),
    tools: unique([json, ...buildspecs].flatMap((one) => [...one.matchAll(/npm install -g ([^\s"\\]+)/g)].map((match) => match[1] ?? ''))),
    onEverything: unique(
      grants.flatMap(({ Action, Resource }) =>
        [Action].flat().filter((action) => action === '*' || action.endsWith(':*') || [Resource].flat().includes('*')),
      ),
    ),
    stateful: await statefulOf(outdir, files),
  };
}

type Action = z.infer<typeof pipelineProperties>['Stages'][number]['Actions'][number];

function inOrder(actions: readonly Action[]): string {
  const orders = [...new Set(actions.map(({ RunOrder }) => RunOrder))].sort((one, other) => one - other);
  const shown = ({ Name, ActionTypeId }: Action) => (ActionTypeId.Provider === 'Manual' ? `${Name}?` : Name);
  return orders
    .map((order) =>
      actions
        .filter(({ RunOrder }) => RunOrder === order)
        .map(shown)
        .join(' + '),
    )
    .join(', ');
}

async function statefulOf(outdir: string, files: readonly string[]): Promise<readonly string[]> {
  const stages = await Promise.all(
    files
      .filter((file) => file.startsWith('assembly-'))
      .map(async (folder) => {
        const stacks = await stacksOfAssembly(join(outdir, folder));
        const lines = stacks.flatMap(({ stackName, template }) =>
          Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type }]) =>
            stateful.test(Type) ? [`${stackName} ${Type} ${logicalId}`] : [],
          ),
        );
        return { folder, lines: lines.sort() };
      }),
  );
  const [first, ...others] = stages;
  for (const { folder, lines } of others)
    if (lines.join('\n') !== first?.lines.join('\n')) throw new Error(`what holds data differs between ${first?.folder} and ${folder}`);
  return first?.lines ?? [];
}

const unique = (lines: readonly string[]): string[] => [...new Set(lines)].sort();
