import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { z } from 'zod';
import { serves } from '../contract-need.ts';
import { contractVersionParameterName, parameterReadersPrefix } from '../delivery-names.ts';
import {
  type AssemblyStack,
  parametersRead,
  parametersWritten,
  stacksOfAssembly,
  type Template,
  templateSchema,
} from './assembly-stacks.ts';
import { reportOf, summaryOf } from './change-report.ts';
import { stackChanges } from './stack-changes.ts';

const environment = z
  .object({
    REPO: z.string(),
    STAGE: z.string(),
    STAGE_REGION: z.string(),
    ASSEMBLY: z.string(),
    LOOKUP_ROLE_ARN: z.string(),
    COMMIT_ID: z.string(),
    COMMIT_MESSAGE: z.string(),
    APPROVALS_TOPIC_ARN: z.string(),
    NEEDS_CONTRACT: z.string().optional(),
    /** Told by mail before a gate; a stage without one only logs it. */
    IS_GATED: z.enum(['true', 'false']),
    WAIT_MINUTES: z.coerce.number().default(45),
  })
  .parse(process.env);

const credentials = fromTemporaryCredentials({
  params: { RoleArn: environment.LOOKUP_ROLE_ARN, RoleSessionName: `changes-${environment.REPO}` },
});
const there = { region: environment.STAGE_REGION, credentials };
const cloudFormation = new CloudFormationClient(there);
const ssm = new SSMClient(there);

const stacks = stacksOfAssembly(environment.ASSEMBLY);
const waitUntil = Date.now() + environment.WAIT_MINUTES * 60_000;
await stageIsReady();
const deployed = await Promise.all(stacks.map(({ stackName }) => deployedTemplate(stackName)));
await nothingReadVanishes(stacks, deployed);
const changes = stacks.map(({ stackName, template }, index) => stackChanges(stackName, deployed[index], template));
const commit = {
  repo: environment.REPO,
  stage: environment.STAGE,
  commit_id: environment.COMMIT_ID,
  message: environment.COMMIT_MESSAGE,
};
const report = reportOf(commit, changes);
console.log(report);
writeFileSync('summary.txt', summaryOf(commit, changes));
if (environment.IS_GATED === 'true') {
  await new SNSClient({}).send(
    new PublishCommand({
      TopicArn: environment.APPROVALS_TOPIC_ARN,
      // 100 characters and 256 KB ("Publish", SNS API Reference).
      Subject: `${environment.REPO} waits for ${environment.STAGE.toUpperCase()}`.slice(0, 100),
      Message: Buffer.from(report).subarray(0, 250_000).toString(),
    }),
  );
}

/**
 * Waits until the stage has the contract that this repo was built with, and every parameter that its stacks read. So the order in which repos come into a new
 * account follows from what they read: whoever is too early waits for the others' pipelines.
 */
async function stageIsReady(): Promise<void> {
  let said = '';
  for (;;) {
    const missing = await whatIsMissing();
    if (missing.length === 0) return;
    const state = `${environment.STAGE} is not ready for ${environment.REPO}:\n${missing.join('\n')}`;
    if (Date.now() > waitUntil) throw new Error(`${state}\nLet the pipelines that bring it do so, then retry this stage`);
    if (state !== said) console.log(`${state}\nWaiting for it`);
    said = state;
    await setTimeout(10_000);
  }
}

async function whatIsMissing(): Promise<string[]> {
  const missing: string[] = [];
  const needed = environment.NEEDS_CONTRACT;
  if (needed !== undefined) {
    const found = await parameter(contractVersionParameterName);
    if (found === undefined || !serves(found, needed)) missing.push(`contract ${needed} (there is ${found ?? 'none'})`);
  }
  const own = new Set(stacks.flatMap(({ template }) => parametersWritten(template)));
  const read = new Set(stacks.flatMap(({ template }) => parametersRead(template)).filter((name) => !own.has(name)));
  for (const name of read) if ((await parameter(name)) === undefined) missing.push(`parameter ${name}`);
  return missing;
}

async function parameter(Name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

async function deployedTemplate(StackName: string): Promise<Template | undefined> {
  try {
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
    return TemplateBody === undefined ? undefined : templateSchema.parse(JSON.parse(TemplateBody));
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** A parameter that this deployment would take away must not be read by any stack of the stage, this one as it is now left out. */
async function nothingReadVanishes(next: readonly AssemblyStack[], before: readonly (Template | undefined)[]): Promise<void> {
  const stays = new Set(next.flatMap(({ template }) => parametersWritten(template)));
  const vanishing = before
    .flatMap((template) => (template === undefined ? [] : parametersWritten(template)))
    .filter((name) => !stays.has(name));
  if (vanishing.length === 0) return;
  const readers = await readersOf(new Set(next.map(({ stackName }) => stackName)));
  const broken = vanishing.flatMap((name) =>
    readers.filter(({ reads }) => reads.includes(name)).map(({ stackName }) => `${name} is still read by ${stackName}`),
  );
  if (broken.length > 0) throw new Error(`Parameters would vanish in ${environment.STAGE}:\n${broken.join('\n')}`);
}

async function readersOf(own: ReadonlySet<string>): Promise<{ stackName: string; reads: string[] }[]> {
  const readers: { stackName: string; reads: string[] }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: parameterReadersPrefix, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    for (const { Name = '', Value = '' } of page.Parameters ?? []) {
      const stackName = Name.slice(parameterReadersPrefix.length);
      if (!own.has(stackName)) readers.push({ stackName, reads: Value.split(',') });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return readers;
}
