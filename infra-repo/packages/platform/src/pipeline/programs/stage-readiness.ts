import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { serves } from '../contract-need.ts';
import { contractVersionParameterName } from '../delivery-names.ts';
import { type AssemblyStack, parametersRead, parametersWritten } from './assembly-stacks.ts';

/** What a repo is about to deploy to a stage. */
export interface StageDeployment {
  readonly repo: string;
  readonly stage: string;
  readonly stacks: readonly AssemblyStack[];
  /** The version of the contract that the repo was built with, such as `1.2.3`; undefined for who brings it. */
  readonly needsContract: string | undefined;
}

/** How long somebody waits, by which clock, and whom they tell. */
export interface Waiting {
  readonly limit_ms: number;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly say: (text: string) => void;
}

const BETWEEN_LOOKS_MS = 10_000;

/**
 * Waits until the stage has the contract that this repo was built with, and every parameter that its stacks read. So the order in which repos come into a new
 * account follows from what they read: whoever is too early waits for the others' pipelines. Throws an Error that names all that is missing when the limit is over.
 */
export async function stageIsReady(ssm: SSMClient, deployment: StageDeployment, waiting: Waiting): Promise<void> {
  const waitUntil = waiting.now() + waiting.limit_ms;
  let said = '';
  for (;;) {
    const missing = await whatIsMissing(ssm, deployment);
    if (missing.length === 0) return;
    const state = `${deployment.stage} is not ready for ${deployment.repo}:\n${missing.join('\n')}`;
    if (waiting.now() > waitUntil) throw new Error(`${state}\nLet the pipelines that bring it do so, then retry this stage`);
    if (state !== said) waiting.say(`${state}\nWaiting for it`);
    said = state;
    await waiting.pause(BETWEEN_LOOKS_MS);
  }
}

async function whatIsMissing(ssm: SSMClient, { stacks, needsContract }: StageDeployment): Promise<string[]> {
  const missing: string[] = [];
  if (needsContract !== undefined) {
    const found = await parameter(ssm, contractVersionParameterName);
    if (found === undefined || !serves(found, needsContract)) missing.push(`contract ${needsContract} (there is ${found ?? 'none'})`);
  }
  const own = new Set(stacks.flatMap(({ template }) => parametersWritten(template)));
  const read = new Set(stacks.flatMap(({ template }) => parametersRead(template)).filter((name) => !own.has(name)));
  for (const name of read) if ((await parameter(ssm, name)) === undefined) missing.push(`parameter ${name}`);
  return missing;
}

async function parameter(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}
