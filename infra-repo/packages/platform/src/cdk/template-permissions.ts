import type { Template } from 'aws-cdk-lib/assertions';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/**
 * A value of a template as one reads it: `<LogicalId>` for a reference, `<LogicalId.Arn>` for an attribute, an SSM parameter by its name. For tests
 * of templates. Throws an Error for what is none of these, nor a text or texts joined.
 */
export function readable(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = value as Record<string, unknown>;
  if (typeof Ref === 'string') {
    const parameters = template.toJSON()['Parameters'] as Record<string, { readonly Default?: string }>;
    return `<${parameters[Ref]?.Default ?? Ref}>`;
  }
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(joined)) return (joined[1] as unknown[]).map((part) => readable(template, part)).join('');
  throw new Error(`Not understood: ${JSON.stringify(value)}`);
}

/**
 * What each role of a template may do, by its logical id: one line for every action on every resource, sorted. For tests of templates. Throws an
 * Error for a statement that denies or has a condition: a line could not tell it.
 */
export function permissionsOf(template: Template): Record<string, string[]> {
  const granted: Record<string, string[]> = Object.fromEntries(
    Object.keys(template.findResources('AWS::IAM::Role')).map((role) => [role, []]),
  );
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    for (const { Effect, Action, Resource, Condition } of Properties.PolicyDocument.Statement as Statement[]) {
      if (Effect !== 'Allow' || Condition !== undefined) throw new Error(`Not a plain grant: ${JSON.stringify({ Effect, Condition })}`);
      const lines = [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${readable(template, resource)}`));
      for (const { Ref } of Properties.Roles as { Ref: string }[]) granted[Ref]?.push(...lines);
    }
  }
  return Object.fromEntries(Object.entries(granted).map(([role, lines]) => [role, lines.sort()]));
}
