import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { variableName } from './project-settings.ts';

/** What is wrong with a buildspec, or what of it the local cloud doesn't carry out: CodeBuild tells it as YAML_FILE_ERROR. */
export class BuildspecError extends Error {}

export const COMMAND_PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type CommandPhase = (typeof COMMAND_PHASES)[number];

/** YAML 1.2 reads `yes` as text. */
const yesNo = z.union([z.boolean(), z.enum(['yes', 'no', 'true', 'false']).transform((text) => text === 'yes' || text === 'true')]);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const commands = z.union([z.string().transform((one) => [one]), z.array(scalar), z.null().transform((): string[] => [])]);

const phaseMembers = {
  commands: commands.default([]),
  finally: commands.default([]),
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
};
const phase = z.strictObject(phaseMembers);

const artifactMembers = {
  files: texts,
  name: z.string().optional(),
  'discard-paths': yesNo.default(false),
  'base-directory': z.string().default('.'),
  'exclude-paths': texts.default([]),
};
const artifact = z.strictObject(artifactMembers);
export type ArtifactSpec = z.output<typeof artifact>;

const buildspec = z.strictObject({
  version: z.union([z.literal(0.2), z.literal('0.2').transform((): 0.2 => 0.2)], 'must be 0.2'),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/bash', 'sh', '/bin/sh']).default('sh'),
      variables: z.record(variableName, scalar).default({}),
      'parameter-store': z.record(variableName, z.string()).default({}),
      'exported-variables': z.array(variableName).default([]),
      'git-credential-helper': yesNo.refine((on) => !on, 'is not carried out by the local cloud').optional(),
    })
    .prefault({}),
  phases: z.strictObject({
    install: z.strictObject({ ...phaseMembers, 'runtime-versions': z.record(z.string(), scalar).default({}) }).optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  artifacts: z
    .strictObject({ ...artifactMembers, files: texts.optional(), 'secondary-artifacts': z.record(z.string(), artifact).default({}) })
    .optional(),
  cache: z.strictObject({ paths: texts }).optional(),
});
export type Buildspec = z.output<typeof buildspec>;

/**
 * Reads a buildspec of version 0.2, which is YAML or JSON (CodeBuild User Guide, "Build specification reference for CodeBuild"). Throws
 * BuildspecError for what is no YAML, for what is wrong, and with the name of what the local cloud doesn't carry out.
 */
export function parseBuildspec(text: string): Buildspec {
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    // The package yaml tells so of an alias without an anchor, and of too many aliases.
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    throw new BuildspecError(error.message.split('\n', 1)[0]);
  }
  const result = buildspec.safeParse(document);
  if (result.success) return result.data;
  throw new BuildspecError(result.error.issues.map((issue) => describe(issue)).join('; '));
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('/');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => `"${path === '' ? key : `${path}/${key}`}"`);
    return `${names.join(', ')} of the buildspec is not carried out by the local cloud`;
  }
  return `${path === '' ? 'the buildspec' : path}: ${issue.message}`;
}
