import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { compileUserPattern, PatternRefused, type UserPattern } from '../../kernel/user-pattern.ts';
import { validationError } from './validation-error.ts';

const PLAIN_TYPES = ['String', 'Number', 'CommaDelimitedList', 'List<Number>'] as const;
const SSM_TYPES = [
  'AWS::SSM::Parameter::Value<String>',
  'AWS::SSM::Parameter::Value<List<String>>',
  'AWS::SSM::Parameter::Value<CommaDelimitedList>',
] as const;
type ParameterType = (typeof PLAIN_TYPES)[number] | (typeof SSM_TYPES)[number];

/** One member of a template's Parameters section. */
export interface ParameterDeclaration {
  readonly type: ParameterType;
  readonly default?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** A parameter's value in a stack. */
export interface ParameterValue {
  /** What was given, or the default: for an SSM type the SSM parameter's name. */
  readonly given: string;
  /** What the SSM parameter held when the stack was deployed. */
  readonly resolved?: string;
}

/** One parameter as a request gives it. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string | undefined;
  readonly usePrevious?: boolean | undefined;
}

const MEMBERS = [
  'Type',
  'Default',
  'Description',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'ConstraintDescription',
  'MinLength',
  'MaxLength',
  'MinValue',
  'MaxValue',
];

/** Reads one declaration; NotCarriedOut for a type that no template of this system uses. */
export function readParameterDeclaration(name: string, value: unknown): ParameterDeclaration {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw validationError(`Template format error: Every Parameters object must contain a Type member: ${name}`);
  }
  const raw = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(raw).filter((member) => !MEMBERS.includes(member));
  if (unknown.length > 0) throw validationError(`Invalid template parameter property '${unknown.join(', ')}'`);
  const type = [...PLAIN_TYPES, ...SSM_TYPES].find((known) => known === raw['Type']);
  if (type === undefined) {
    const given = String(raw['Type']);
    if (/^(AWS::|List<AWS::)/.test(given)) throw new NotCarriedOut(`the parameter type ${given} of ${name}`);
    throw validationError(`Template format error: Unrecognized parameter type: ${given}`);
  }
  const limit = (member: string) => (raw[member] === undefined ? undefined : Number(raw[member]));
  return omitUndefined({
    type,
    default: raw['Default'] === undefined ? undefined : scalarText(raw['Default'], name),
    description: raw['Description'] === undefined ? undefined : String(raw['Description']),
    noEcho: String(raw['NoEcho']) === 'true',
    allowedValues: Array.isArray(raw['AllowedValues']) ? raw['AllowedValues'].map(String) : undefined,
    allowedPattern: raw['AllowedPattern'] === undefined ? undefined : String(raw['AllowedPattern']),
    constraintDescription: raw['ConstraintDescription'] === undefined ? undefined : String(raw['ConstraintDescription']),
    minLength: limit('MinLength'),
    maxLength: limit('MaxLength'),
    minValue: limit('MinValue'),
    maxValue: limit('MaxValue'),
  });
}

function scalarText(value: unknown, name: string): string {
  if (typeof value === 'object') throw validationError(`Template format error: Every Default member must be a string: ${name}`);
  return String(value);
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function omitUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

/**
 * Finds every parameter's value: given, previous, or default, and checks it against its declaration. Values of SSM
 * types are resolved by `fetchSsm`, which yields what the named parameters hold.
 * Messages are CloudFormation's own; those of constraints as its User Guide, "CloudFormation template Parameters syntax", implies.
 */
export async function parameterValues(
  declarations: Readonly<Record<string, ParameterDeclaration>>,
  given: readonly GivenParameter[],
  previous: Readonly<Record<string, ParameterValue>>,
  fetchSsm: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>,
): Promise<Record<string, ParameterValue>> {
  const strangers = given.filter(({ key }) => !Object.hasOwn(declarations, key)).map(({ key }) => key);
  if (strangers.length > 0) throw validationError(`Parameters: [${strangers.join(', ')}] do not exist in the template`);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, declaration] of Object.entries(declarations)) {
    const value = chosenValue(
      name,
      declaration,
      given.find(({ key }) => key === name),
      previous,
    );
    if (value === undefined) missing.push(name);
    else values[name] = value;
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  for (const [name, declaration] of Object.entries(declarations)) checkConstraints(name, declaration, values[name] ?? '');

  const ssmNames = Object.entries(declarations).flatMap(([name, declaration]) => (isSsm(declaration) ? [values[name] ?? ''] : []));
  const held = ssmNames.length === 0 ? {} : await fetchSsm([...new Set(ssmNames)]);
  return Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => {
      const text = values[name] ?? '';
      if (!isSsm(declaration)) return [name, { given: text }];
      return [name, { given: text, resolved: held[text] ?? '' }];
    }),
  );
}

function chosenValue(
  name: string,
  declaration: ParameterDeclaration,
  given: GivenParameter | undefined,
  previous: Readonly<Record<string, ParameterValue>>,
): string | undefined {
  if (given === undefined) return declaration.default;
  if (given.usePrevious !== true) return given.value ?? declaration.default;
  if (given.value !== undefined && given.value !== '') {
    throw validationError(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  }
  const before = previous[name];
  if (before === undefined)
    throw validationError(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  return before.given;
}

function checkConstraints(name: string, declaration: ParameterDeclaration, text: string): void {
  const refuse = (what: string) => {
    const said = declaration.constraintDescription;
    return validationError(
      said === undefined ? `Parameter '${name}' ${what}` : `Parameter '${name}' failed to satisfy constraint: ${said}`,
    );
  };
  const isList = declaration.type === 'CommaDelimitedList' || declaration.type === 'List<Number>';
  for (const item of isList && text !== '' ? splitList(text) : [text]) {
    const isNumber = declaration.type === 'Number' || declaration.type === 'List<Number>';
    if (isNumber && (item === '' || Number.isNaN(Number(item)))) throw validationError(`Parameter '${name}' must be a number.`);
    const { allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = declaration;
    if (allowedValues !== undefined && !allowedValues.includes(item)) {
      throw refuse(`must be one of AllowedValues`);
    }
    if (allowedPattern !== undefined && !compiledPattern(name, allowedPattern).matchesWhole(item))
      throw refuse(`must match pattern ${allowedPattern}`);
    if (minLength !== undefined && item.length < minLength) throw refuse(`must contain at least ${minLength} characters`);
    if (maxLength !== undefined && item.length > maxLength) throw refuse(`must contain at most ${maxLength} characters`);
    if (minValue !== undefined && Number(item) < minValue) throw refuse(`must be a number not less than ${minValue}`);
    if (maxValue !== undefined && Number(item) > maxValue) throw refuse(`must be a number not greater than ${maxValue}`);
  }
}

/** AllowedPattern has to match the whole value ("Parameters", CloudFormation User Guide). */
function compiledPattern(name: string, allowedPattern: string): UserPattern {
  try {
    return compileUserPattern(allowedPattern);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    throw validationError(`The AllowedPattern ${allowedPattern} of parameter '${name}' cannot be carried out: ${error.message}`);
  }
}

export function isSsm(declaration: ParameterDeclaration): boolean {
  return (SSM_TYPES as readonly string[]).includes(declaration.type);
}

/** What `Ref` yields for a parameter: text, or a list of texts for the list types. */
export function parameterRef(declaration: ParameterDeclaration, value: ParameterValue): string | string[] {
  const text = value.resolved ?? value.given;
  switch (declaration.type) {
    case 'CommaDelimitedList':
    case 'List<Number>':
    case 'AWS::SSM::Parameter::Value<List<String>>':
    case 'AWS::SSM::Parameter::Value<CommaDelimitedList>':
      // An empty default is a list of one empty text, which CDK's bootstrap template relies on.
      return splitList(text);
    default:
      return text;
  }
}

function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
