import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { type AwsEndpoint, clientOptions, ToolError } from '../../tools/running-system.ts';

/** A function of the running system. */
export interface DeployedFunction {
  /** `ingest/receive-status`: its repo without `-repo`, and its name there. */
  readonly name: string;
  /** As Lambda knows it. */
  readonly function_name: string;
  readonly arn: string;
  readonly description: string;
}

/** Every function of a repo: its log group says whose it is and what it is called there (ServiceFunction in @enstratus/platform). */
const logGroup = /^\/enstratus\/functions\/(.+?)(?:-repo)?\/([^/]+)$/;

/** What runs here, in the order of the names. */
export async function deployedFunctions(endpoint: AwsEndpoint): Promise<DeployedFunction[]> {
  const client = new LambdaClient(clientOptions(endpoint));
  const found: DeployedFunction[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const { FunctionName = '', FunctionArn = '', Description = '', LoggingConfig } of Functions) {
      const [, repo, name] = logGroup.exec(LoggingConfig?.LogGroup ?? '') ?? [];
      if (repo === undefined || name === undefined) continue;
      found.push({ name: `${repo}/${name}`, function_name: FunctionName, arn: FunctionArn, description: Description });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The function of this name. Throws ToolError, with those that are named alike, when there is none. */
export function functionNamed(functions: readonly DeployedFunction[], name: string): DeployedFunction {
  const found = functions.find((one) => one.name === name);
  if (found !== undefined) return found;
  const near = functions.filter((one) => isNear(one.name, name)).map((one) => one.name);
  const known = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${functions.map((one) => one.name).join(', ')}.`;
  throw new ToolError(`There is no function "${name}" here. ${known}`);
}

/** Whether one of them is most likely a slip of the other: a part of it, or few letters away. */
function isNear(name: string, given: string): boolean {
  const short = given.toLowerCase().split('/').at(-1) ?? '';
  const own = name.split('/')[1] ?? '';
  if (short === '') return false;
  return own.includes(short) || short.includes(own) || distance(own, short) <= Math.max(2, own.length / 3) || distance(name, given) <= 3;
}

/** Levenshtein's: how many letters are to be put in, taken out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const changed = (row[j] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
