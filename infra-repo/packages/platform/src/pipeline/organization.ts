import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { App } from 'aws-cdk-lib';
import { z } from 'zod';

const account = z.string().regex(/^\d{12}$/, 'must have 12 digits');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-2');

const stage = z.strictObject({
  stage: z.enum(['dev', 'test', 'prod']),
  account,
  /** Where it isn't the organization's. */
  region: region.optional(),
  /** The device group of the Particle product that belongs to this stage ("Device groups": letters, digits, hyphen and underscore, at most 64). */
  particle_group: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/i, 'must be the name of a device group')
    .optional(),
  /** Settings of the repos' apps in this stage, by the names under which they read them (`-c name=value`). */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const source = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('CodeCommit') }),
  z.strictObject({
    provider: z.literal('CodeConnections'),
    /** ARN of the connection, made once by hand: the handshake with the provider needs a person. */
    connection_arn: z.string().regex(/^arn:aws[\w-]*:(codeconnections|codestar-connections):/, 'must be the ARN of a connection'),
    /** Who owns the repositories there: a user, an organization or a group. */
    owner: z.string().min(1),
  }),
]);

const particle = z.strictObject({
  /** Id or slug of the product that the devices belong to. */
  product: z.string().regex(/^[a-z0-9-]+$/, "must be the product's id or slug"),
  /** Of its hardware: 13 is the Boron (Device OS reference, "Platform ID"). */
  platform_id: z.number().int().min(0),
  /** The Device OS that firmware is compiled for; a device with an older one gets it along with the firmware. */
  device_os: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 6.3.0'),
});

const organization = z.strictObject({
  organization: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and dashes'),
  region,
  /** The account of pipelines, repositories and packages; nothing of the system itself runs there. */
  delivery: z.strictObject({ account }),
  stages: z
    .array(stage)
    .min(1)
    .refine((stages) => new Set(stages.map((one) => one.stage)).size === stages.length, 'must name each stage once')
    .refine((stages) => new Set(stages.map((one) => one.account)).size === stages.length, 'must give each stage an account of its own'),
  source,
  /** Where devices get their firmware from; who delivers none has none. Where its API is, and the token for it, stand in SSM parameters of the delivery account. */
  particle: particle.optional(),
});

/** Where an organization delivers to: the one file that holds ids of accounts and regions. */
export type Organization = z.infer<typeof organization>;
export type OrganizationStage = Organization['stages'][number];

const folder = new URL('../../organizations/', import.meta.url);

/** Reads an organization's text. Throws an Error that names each field that is wrong. */
export function parseOrganization(text: string, name: string): Organization {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The organization ${name} is no JSON: ${(error as Error).message}`);
  }
  const parsed = organization.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'it'}: ${issue.message}`);
  throw new Error(`The organization ${name} is wrong:\n${wrong.join('\n')}`);
}

/**
 * The organization by its name, from the file `organizations/<name>.json` that this package carries. Throws an Error that lists
 * what there is.
 */
export function organizationNamed(name: string): Organization {
  const file = new URL(`${name}.json`, folder);
  if (!/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(file)) {
    const known = readdirSync(folder).flatMap((entry) => (entry.endsWith('.json') ? [entry.slice(0, -5)] : []));
    throw new Error(`There is no organization ${name}. Known: ${known.join(', ')}`);
  }
  return parseOrganization(readFileSync(file, 'utf8'), name);
}

/** The organization that an app delivers to: the context `organization`, enfusion where nothing is said. */
export function organizationOf(app: App): Organization {
  return organizationNamed(z.string().default('enfusion').parse(app.node.tryGetContext('organization')));
}
