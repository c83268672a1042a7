import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { parameterReadersPrefix } from '../delivery-names.ts';
import { type AssemblyStack, parametersRead, parametersWritten, type Template } from './assembly-stacks.ts';

interface Reader {
  readonly stackName: string;
  readonly reads: readonly string[];
}

/**
 * Refuses a deployment by which a parameter would vanish that a stack of the stage still reads: one of other repos by what it says it reads, one of this deployment by its new template.
 * What these read until now is left out: they are deployed with it.
 *
 * @param before What is deployed of `next`, in the same order; undefined: nothing yet.
 * @throws an Error that names each such parameter with its reader.
 */
export async function nothingReadVanishes(
  ssm: SSMClient,
  stage: string,
  next: readonly AssemblyStack[],
  before: readonly (Template | undefined)[],
): Promise<void> {
  const stays = new Set(next.flatMap(({ template }) => parametersWritten(template)));
  const vanishing = new Set(
    before.flatMap((template) => (template === undefined ? [] : parametersWritten(template))).filter((name) => !stays.has(name)),
  );
  if (vanishing.size === 0) return;
  const own = next.map(({ stackName, template }) => ({ stackName, reads: parametersRead(template) }));
  const readers = [...own, ...(await readersBut(ssm, new Set(next.map(({ stackName }) => stackName))))];
  const broken = [...vanishing].flatMap((name) =>
    readers.filter(({ reads }) => reads.includes(name)).map(({ stackName }) => `${name} is still read by ${stackName}`),
  );
  if (broken.length > 0) throw new Error(`Parameters would vanish in ${stage}:\n${broken.join('\n')}`);
}

/**
 * Refuses stacks that read a parameter of another repo without saying so: nobody could know that it is still read. AWS's own, below `/aws/`, don't vanish.
 *
 * @throws an Error that names each such parameter with its reader.
 */
export function readsAreSaid(stacks: readonly AssemblyStack[]): void {
  const written = new Set(stacks.flatMap(({ template }) => parametersWritten(template)));
  const unsaid = stacks.flatMap(({ stackName, template }) => {
    const name = `${parameterReadersPrefix}${stackName}`;
    const said = Object.values(template.Resources).flatMap(({ Properties }) =>
      Properties?.['Name'] === name ? [Properties['Value']] : [],
    );
    const says = said.flatMap((value) => (typeof value === 'string' ? value.split(',') : []));
    return [...new Set(parametersRead(template))]
      .filter((read) => !read.startsWith('/aws/') && !written.has(read) && !says.includes(read))
      .map((read) => `${stackName} reads ${read} and does not say so in ${name}`);
  });
  if (unsaid.length > 0) throw new Error(`${unsaid.join('\n')}\nReading it with readParameter of the platform package says so`);
}

async function readersBut(ssm: SSMClient, own: ReadonlySet<string>): Promise<Reader[]> {
  const readers: Reader[] = [];
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
