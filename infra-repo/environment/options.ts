import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Refusal } from './refusal.ts';

export const usage = `npm run environment -- new --stage <dev | test | prod> --admin <e-mail> [--admin-name <name>] [--particle-product <id or slug>] [--particle-url <address>]
npm run environment -- remove --stage <dev | test | prod> [--dry-run] [--yes <account id>] [--production-data-is-gone-for-good]
npm run environment -- estimate [--stage <dev | test | prod>]
  each with [--organization enfusion] [--repos <folder in which the repos lie beside each other>] [--json]
  Particle's token comes in the environment variable PARTICLE_ACCESS_TOKEN.`;

const common = {
  stage: z.enum(['dev', 'test', 'prod'], 'must be dev, test or prod'),
  organization: z.string().default('enfusion'),
  repos: z.string().min(1, 'must be a folder'),
  json: z.boolean().default(false),
};

const email = z.email('must be an e-mail address').transform((text) => text.toLowerCase());

const optionsSchema = z.discriminatedUnion(
  'command',
  [
    z.strictObject({
      command: z.literal('new'),
      ...common,
      admin: email,
      'admin-name': z.string().trim().min(1, 'must not be empty').max(100, 'must have at most 100 characters').optional(),
      'particle-product': z.string().min(1, 'must be the id or slug of a product').optional(),
      'particle-url': z.url('must be an address').regex(/[^/]$/, 'must not end with a slash').default('https://api.particle.io'),
      particleAccessToken: z.string().min(1, 'must not be empty').optional(),
    }),
    z.strictObject({
      command: z.literal('remove'),
      ...common,
      'dry-run': z.boolean().default(false),
      yes: z
        .string()
        .regex(/^\d{12}$/, 'must be the account id, 12 digits')
        .optional(),
      'production-data-is-gone-for-good': z.boolean().default(false),
    }),
    z.strictObject({ command: z.literal('estimate'), ...common, stage: common.stage.default('prod') }),
  ],
  'must be new, remove or estimate',
);
export type Options = z.infer<typeof optionsSchema>;
export type NewOptions = Extract<Options, { command: 'new' }>;
export type RemoveOptions = Extract<Options, { command: 'remove' }>;
export type EstimateOptions = Extract<Options, { command: 'estimate' }>;

/**
 * Reads the command line; what is secret comes in the environment, since a command line is seen by everybody on the machine. `besides` is the folder of the repos where none is
 * named. Throws Refusal, which names each option that is wrong.
 */
export function parseOptions(
  args: readonly string[],
  besides: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Options {
  let given: ReturnType<typeof rawOptions>;
  try {
    given = rawOptions(args);
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
  const [command, ...more] = given.positionals;
  if (more.length > 0) throw new Refusal(`${more.join(' ')} is nothing that is known here.`);
  const token = command === 'new' ? environment['PARTICLE_ACCESS_TOKEN'] : undefined;
  const parsed = optionsSchema.safeParse({
    command,
    repos: besides,
    ...given.values,
    ...(token === undefined ? {} : { particleAccessToken: token }),
  });
  if (!parsed.success) throw new Refusal(parsed.error.issues.map(told).join('\n'));
  const options = parsed.data;
  if (options.command === 'new' && options['particle-product'] !== undefined && options.particleAccessToken === undefined)
    throw new Refusal('--particle-product needs the token of its API user, in PARTICLE_ACCESS_TOKEN.');
  return options;
}

const rawOptions = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      organization: { type: 'string' },
      repos: { type: 'string' },
      json: { type: 'boolean' },
      admin: { type: 'string' },
      'admin-name': { type: 'string' },
      'particle-product': { type: 'string' },
      'particle-url': { type: 'string' },
      'dry-run': { type: 'boolean' },
      yes: { type: 'string' },
      'production-data-is-gone-for-good': { type: 'boolean' },
    },
  });

function told(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.map((key) => `--${key}`).join(', ')} does not go with this command.`;
  const name = String(issue.path[0] ?? 'it');
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${name === 'command' ? 'The command' : `--${name}`} ${missing ? 'is missing' : issue.message}.`;
}
