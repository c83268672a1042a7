import { type Document, parseDocument } from 'yaml';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

/** What a deployment to Lambda shifts. */
export interface AppSpec {
  /** What the AppSpec file calls it. */
  readonly label: string;
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
}

const version = z.union([z.string(), z.number()]).transform(String);
const file = z.strictObject({
  version: z.union([z.literal(0), z.literal('0.0')]),
  resources: z
    .array(
      z.record(
        z.string(),
        z.strictObject({
          type: z.literal('AWS::Lambda::Function'),
          properties: z.strictObject({ name: z.string(), alias: z.string(), currentversion: version, targetversion: version }),
        }),
      ),
    )
    .length(1, 'exactly one function'),
});

/**
 * Reads an AppSpec file, YAML or JSON; the case of its keys doesn't matter (CodeDeploy User Guide, "AppSpec 'resources' section for AWS Lambda
 * deployments"). Throws InvalidRevisionException with the place of what is wrong, NotCarriedOut for hooks.
 */
export function readAppSpec(content: string): AppSpec {
  const document = parseDocument(content);
  const [problem] = document.errors;
  if (problem !== undefined) throw refused(problem.message);
  const raw = lowerCase(contentOf(document), 4);
  if (typeof raw === 'object' && raw !== null && 'hooks' in raw) throw new NotCarriedOut('the section "hooks" of an AppSpec file');
  const read = file.safeParse(raw);
  if (!read.success) throw refused(read.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('; '));
  const [[label, resource] = [], another] = Object.entries(read.data.resources[0] ?? {});
  if (label === undefined || resource === undefined || another !== undefined) throw refused('resources: exactly one function');
  const { name, alias, currentversion, targetversion } = resource.properties;
  return { label, functionName: name, alias, currentVersion: currentversion, targetVersion: targetversion };
}

/** An alias without an anchor, and too many of them, are told only when the value is made (package yaml, "toJS"). */
function contentOf(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) throw refused(error.message);
    throw error;
  }
}

function refused(what: string): AwsError {
  return new AwsError('InvalidRevisionException', `The AppSpec file is not valid: ${what}`);
}

/** The names that people give resources, at the third level, keep their case. Below `levels` nothing is looked at: an anchor may lie within itself. */
function lowerCase(value: unknown, levels: number, level = 0): unknown {
  if (level > levels) return value;
  if (Array.isArray(value)) return value.map((item) => lowerCase(item, levels, level + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [level === 2 ? key : key.toLowerCase(), lowerCase(member, levels, level + 1)]),
  );
}
