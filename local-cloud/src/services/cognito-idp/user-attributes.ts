import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';

const bound = z.union([z.string(), z.int()]).transform(String);

/** An attribute in a pool's schema; bounds are text, as the API has them. */
export const schemaAttribute = z.strictObject({
  Name: z.string(),
  AttributeDataType: z.enum(['String', 'Number', 'DateTime', 'Boolean']).optional(),
  Mutable: z.boolean().optional(),
  Required: z.boolean().optional(),
  StringAttributeConstraints: z.strictObject({ MinLength: bound.optional(), MaxLength: bound.optional() }).optional(),
  NumberAttributeConstraints: z.strictObject({ MinValue: bound.optional(), MaxValue: bound.optional() }).optional(),
});

export interface SchemaAttribute {
  readonly Name: string;
  readonly AttributeDataType: 'String' | 'Number' | 'DateTime' | 'Boolean';
  readonly DeveloperOnlyAttribute: boolean;
  readonly Mutable: boolean;
  readonly Required: boolean;
  readonly StringAttributeConstraints?: { readonly MinLength?: string | undefined; readonly MaxLength?: string | undefined } | undefined;
  readonly NumberAttributeConstraints?: { readonly MinValue?: string | undefined; readonly MaxValue?: string | undefined } | undefined;
}

function standard(Name: string, changes: Partial<SchemaAttribute> = {}): SchemaAttribute {
  const text = { MinLength: '0', MaxLength: '2048' };
  const constraints = changes.AttributeDataType === undefined ? { StringAttributeConstraints: text } : {};
  return { Name, AttributeDataType: 'String', DeveloperOnlyAttribute: false, Mutable: true, Required: false, ...constraints, ...changes };
}

/** Every pool's attributes (Cognito Developer Guide, "Working with user attributes"). */
const STANDARD: readonly SchemaAttribute[] = [
  standard('sub', { Mutable: false, Required: true, StringAttributeConstraints: { MinLength: '1', MaxLength: '2048' } }),
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'email'].map(
    (name) => standard(name),
  ),
  standard('email_verified', { AttributeDataType: 'Boolean' }),
  standard('gender'),
  standard('birthdate', { StringAttributeConstraints: { MinLength: '10', MaxLength: '10' } }),
  ...['zoneinfo', 'locale', 'phone_number'].map((name) => standard(name)),
  standard('phone_number_verified', { AttributeDataType: 'Boolean' }),
  standard('address'),
  standard('updated_at', { AttributeDataType: 'Number', NumberAttributeConstraints: { MinValue: '0' } }),
];

/** Cognito Developer Guide, "Quotas in Amazon Cognito". */
const MAX_CUSTOM = 50;

/** A new pool's schema: the standard attributes as changed, then the custom ones. Throws InvalidParameterException. */
export function makeSchema(wanted: readonly z.output<typeof schemaAttribute>[]): SchemaAttribute[] {
  const schema = STANDARD.map((attribute): SchemaAttribute => {
    const change = wanted.find(({ Name }) => Name === attribute.Name);
    if (change === undefined) return attribute;
    if (change.AttributeDataType !== undefined && change.AttributeDataType !== attribute.AttributeDataType) {
      throw invalid(`You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${attribute.Name}`);
    }
    return {
      ...attribute,
      Mutable: change.Mutable ?? attribute.Mutable,
      Required: change.Required ?? attribute.Required,
      ...(change.StringAttributeConstraints === undefined ? {} : { StringAttributeConstraints: change.StringAttributeConstraints }),
    };
  });
  return addCustom(
    schema,
    wanted.filter(({ Name }) => !STANDARD.some((attribute) => attribute.Name === Name)),
  );
}

/** The schema with further custom attributes, whose names get the prefix `custom:`. Throws InvalidParameterException. */
export function addCustom(schema: readonly SchemaAttribute[], wanted: readonly z.output<typeof schemaAttribute>[]): SchemaAttribute[] {
  const added = wanted.map((attribute): SchemaAttribute => {
    if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$/u.test(attribute.Name))
      throw invalid(`1 validation error: ${attribute.Name} is no name of a custom attribute`);
    if (attribute.Required === true) throw invalid('Required custom attributes are not supported currently.');
    const type = attribute.AttributeDataType ?? 'String';
    return {
      Name: `custom:${attribute.Name}`,
      AttributeDataType: type,
      DeveloperOnlyAttribute: false,
      Mutable: attribute.Mutable ?? true,
      Required: false,
      ...(type === 'String' ? { StringAttributeConstraints: attribute.StringAttributeConstraints ?? {} } : {}),
      ...(type === 'Number' ? { NumberAttributeConstraints: attribute.NumberAttributeConstraints ?? {} } : {}),
    };
  });
  const merged = [...schema, ...added];
  const names = merged.map(({ Name }) => Name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`${twice}: Existing attribute already has name ${twice}.`);
  if (names.filter((name) => name.startsWith('custom:')).length > MAX_CUSTOM)
    throw invalid(`A pool can have at most ${MAX_CUSTOM} custom attributes.`);
  return merged;
}

/** Throws InvalidParameterException for what the schema doesn't allow; `existing` tells that the user is there already. */
export function checkAttributes(schema: readonly SchemaAttribute[], attributes: Readonly<Record<string, string>>, existing: boolean): void {
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = schema.find(({ Name }) => Name === name);
    if (attribute === undefined) throw nonconforming(`${name}: Attribute does not exist in the schema.`);
    if (name === 'sub' || (existing && !attribute.Mutable)) throw invalid(`user.${name}: Attribute cannot be updated.`);
    checkValue(attribute, value);
  }
}

function checkValue(
  { Name, AttributeDataType: type, StringAttributeConstraints, NumberAttributeConstraints }: SchemaAttribute,
  value: string,
): void {
  const { MinLength, MaxLength } = StringAttributeConstraints ?? {};
  const { MinValue, MaxValue } = NumberAttributeConstraints ?? {};
  switch (type) {
    case 'Boolean':
      if (!/^(true|false)$/i.test(value)) throw nonconforming(`${Name}: must be true or false`);
      break;
    case 'Number':
      if (!/^-?\d+$/.test(value)) throw nonconforming(`${Name}: is not a valid number`);
      if (MinValue !== undefined && BigInt(value) < BigInt(MinValue)) throw nonconforming(`${Name}: Number must be at least ${MinValue}`);
      if (MaxValue !== undefined && BigInt(value) > BigInt(MaxValue)) throw nonconforming(`${Name}: Number must be at most ${MaxValue}`);
      break;
    case 'DateTime':
      if (Number.isNaN(Date.parse(value))) throw nonconforming(`${Name}: is not a valid date`);
      break;
    default: {
      // Cognito Developer Guide, "Working with user attributes": at most 2,048 characters, whatever the schema says.
      const max = Math.min(Number(MaxLength ?? 2048), 2048);
      if (value.length < Number(MinLength ?? 0)) throw nonconforming(`${Name}: String must be at least ${MinLength} in length`);
      if (value.length > max) throw nonconforming(`${Name}: String must be at most ${max} in length`);
    }
  }
  if (Name === 'email' && !isEmail(value)) throw invalid('Invalid email address format.');
  if (Name === 'phone_number' && !isPhoneNumber(value)) throw invalid('Invalid phone number format.');
}

export function isEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(text);
}

export function isPhoneNumber(text: string): boolean {
  return /^\+\d{1,15}$/.test(text);
}

function nonconforming(reason: string): AwsError {
  return invalid(`Attributes did not conform to the schema: ${reason}`);
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
