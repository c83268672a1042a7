import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';

const NAME_RULE =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
/** Of the 2,048 characters of a full name 1,037 are AWS's own ("PutParameter", `Name`). */
const MAX_NAME_CHARACTERS = 1011;
const MAX_LEVELS = 15;

/** What a read names: a parameter, and one of its versions if it says so. */
export interface ParameterSelector {
  readonly name: string;
  readonly version?: number;
}

/**
 * Refuses a name that PutParameter refuses (AWS Systems Manager User Guide, "Requirements and constraints for parameter
 * names"): ValidationException, HierarchyLevelLimitExceededException, AccessDeniedException for AWS's own names.
 */
export function checkName(name: string): void {
  if (/^\/?aws/i.test(name)) throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  const isPath = name.includes('/');
  const wellFormed = isPath ? /^(\/[A-Za-z0-9_.-]+)+$/.test(name) : /^[A-Za-z0-9_.-]+$/.test(name);
  if (!wellFormed || /^\/?ssm/i.test(name)) throw new AwsError('ValidationException', NAME_RULE);
  if (name.length > MAX_NAME_CHARACTERS) {
    throw new AwsError('ValidationException', `Parameter name must not be longer than ${MAX_NAME_CHARACTERS} characters.`);
  }
  if (isPath && name.split('/').length - 1 > MAX_LEVELS) {
    const message = `Hierarchy depth for parameter name is over the limit of ${MAX_LEVELS} levels.`;
    throw new AwsError('HierarchyLevelLimitExceededException', message);
  }
}

/** Reads `name`, `name:version` or either as an ARN of this account and region. Labels aren't carried out. */
export function readSelector(text: string, scope: Scope): ParameterSelector {
  const [, arnScope, arnName] = /^arn:aws:ssm:([^:]*:[^:]*):parameter\/(.+)$/.exec(text) ?? [];
  if (arnName !== undefined) {
    if (arnScope !== `${scope.region}:${scope.account}`) throw new NotCarriedOut('a parameter shared by another account or region in ssm');
    const inner = readSelector(arnName, scope);
    return inner.name.includes('/') ? { ...inner, name: `/${inner.name}` } : inner;
  }
  const [name = '', selector, ...rest] = text.split(':');
  if (rest.length > 0) throw new AwsError('ValidationException', NAME_RULE);
  if (/^\/aws\/(service|reference)\//.test(name)) throw new NotCarriedOut(`the public parameter "${name}" of ssm`);
  if (selector === undefined) return { name };
  if (!/^\d+$/.test(selector)) throw new NotCarriedOut(`the parameter label "${selector}" of ssm`);
  return { name, version: Number(selector) };
}

/** A path's or a parameter's ARN has one slash behind `parameter`, whether its name begins with one or not. */
export function parameterArn(name: string, scope: Scope): string {
  return `arn:aws:ssm:${scope.region}:${scope.account}:parameter/${name.replace(/^\//, '')}`;
}
