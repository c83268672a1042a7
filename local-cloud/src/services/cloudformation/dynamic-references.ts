import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { ResourceFailure } from './failure.ts';

const REFERENCE = /\{\{resolve:([^:}]+):([^}]*)\}\}/g;

/**
 * Replaces `{{resolve:ssm:<name>:<version>}}` by what the parameter holds (CloudFormation User Guide, "Get values stored in
 * other services using dynamic references"). `ssm` calls an operation of SSM with the deployment's rights.
 */
export async function resolveDynamicReferences<T>(value: T, ssm: (operation: string, input: unknown) => Promise<unknown>): Promise<T> {
  const found = new Map<string, string>();
  for (const [reference, service, argument] of referencesIn(value)) {
    if (service !== 'ssm') throw new NotCarriedOut(`the dynamic reference ${reference}`);
    const { Parameter: parameter } = (await ssm('GetParameter', { Name: argument })) as { Parameter?: { Value?: string; Type?: string } };
    if (parameter?.Type === 'SecureString') {
      throw new ResourceFailure(
        `SSM parameter of ${reference} is a SecureString, which needs ssm-secure: that is not carried out by the local cloud`,
      );
    }
    found.set(reference, parameter?.Value ?? '');
  }
  return found.size === 0 ? value : (replaced(value, found) as T);
}

/** Every dynamic reference in the value: its text, its service, what stands behind it. */
export function referencesIn(value: unknown): [string, string, string][] {
  if (typeof value === 'string') {
    return [...value.matchAll(REFERENCE)].map(([text, service, argument]) => [text, service ?? '', argument ?? '']);
  }
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(referencesIn);
  return [];
}

function replaced(value: unknown, found: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replace(REFERENCE, (reference) => found.get(reference) ?? reference);
  if (Array.isArray(value)) return value.map((item) => replaced(item, found));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaced(member, found)]));
  }
  return value;
}
