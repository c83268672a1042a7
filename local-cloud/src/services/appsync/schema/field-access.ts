import type { ConstDirectiveNode, GraphQLObjectType } from 'graphql';

/** Who may read a field, beside what IAM allows. */
export interface FieldAccess {
  /** Callers of these modes; undefined: those of the API's default mode. */
  readonly modes: readonly CallerMode[] | undefined;
  /** Of a user pool's callers only those in one of these groups; undefined: all. */
  readonly groups: readonly string[] | undefined;
}

export type CallerMode = 'AMAZON_COGNITO_USER_POOLS' | 'AWS_IAM';

const DEFAULT: FieldAccess = { modes: undefined, groups: undefined };

/**
 * What the directives say: those of the field, or without any those of its type, or without any the API's default mode
 * (AWS AppSync Developer Guide, "Using additional authorization modes").
 */
export function fieldAccess(type: GraphQLObjectType, fieldName: string): FieldAccess {
  const field = type.getFields()[fieldName];
  return read(field?.astNode?.directives ?? []) ?? read(type.astNode?.directives ?? []) ?? DEFAULT;
}

function read(directives: readonly ConstDirectiveNode[]): FieldAccess | undefined {
  const modes: CallerMode[] = [];
  let groups: readonly string[] | undefined;
  let any = false;
  for (const directive of directives) {
    if (directive.name.value === 'aws_iam') modes.push('AWS_IAM');
    else if (directive.name.value === 'aws_cognito_user_pools') modes.push('AMAZON_COGNITO_USER_POOLS');
    else if (directive.name.value !== 'aws_auth') continue;
    any = true;
    groups ??= groupsOf(directive);
  }
  if (!any) return undefined;
  return { modes: modes.length === 0 ? undefined : modes, groups };
}

function groupsOf(directive: ConstDirectiveNode): readonly string[] | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'cognito_groups')?.value;
  if (value?.kind === 'StringValue') return [value.value];
  return value?.kind === 'ListValue' ? value.values.flatMap((each) => (each.kind === 'StringValue' ? [each.value] : [])) : undefined;
}
