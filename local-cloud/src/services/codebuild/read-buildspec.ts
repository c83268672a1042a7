import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { BuildRecord } from './build-record.ts';
import { type Buildspec, BuildspecError, COMMAND_PHASES, parseBuildspec } from './buildspec.ts';
import { PhaseFailure } from './phase-failure.ts';
import { isInlineBuildspec } from './project-settings.ts';

/** Where the buildspec lies when nothing else is said. */
const DEFAULT_FILE = 'buildspec.yml';
/** Majors of Node in AWS's images for Linux that are kept up (CodeBuild User Guide, "Available runtimes"). */
const NODE_VERSIONS = ['18', '20', '22', '24'];

/**
 * The buildspec of a build: the project's text, or a file of the source. Throws PhaseFailure (YAML_FILE_ERROR) for one that is missing,
 * wrong, or asks for what isn't carried out. `told` hears what was found.
 */
export async function readBuildspec(build: BuildRecord, source: string, told: (line: string) => void): Promise<Buildspec> {
  const given = build.settings.source.buildspec;
  const inline = isInlineBuildspec(given);
  told(`YAML location is ${inline ? 'the project' : join(source, given ?? DEFAULT_FILE)}`);
  try {
    const spec = parseBuildspec(inline ? given : await readSourceFile(source, given ?? DEFAULT_FILE));
    checkRuntimes(spec, told);
    const phases = COMMAND_PHASES.filter((phase) => spec.phases[phase] !== undefined);
    told(`Phases found in YAML: ${phases.length}`);
    for (const phase of phases) told(` ${phase.toUpperCase()}: ${spec.phases[phase]?.commands.length} commands`);
    return spec;
  } catch (error) {
    if (error instanceof BuildspecError) throw new PhaseFailure('YAML_FILE_ERROR', error.message);
    throw error;
  }
}

async function readSourceFile(source: string, name: string): Promise<string> {
  const path = normalize(name);
  if (path.startsWith('/') || path.startsWith('..') || /^arn:/.test(name)) {
    throw new BuildspecError(`a buildspec outside of the source (${name}) is not carried out by the local cloud`);
  }
  try {
    return await readFile(join(source, path), 'utf8');
  } catch {
    throw new BuildspecError('YAML file does not exist');
  }
}

/**
 * There is one runtime here, this process's Node: it stands for every version of nodejs that AWS's images have, which the log says, and another
 * runtime is refused rather than passed over.
 */
function checkRuntimes(spec: Buildspec, told: (line: string) => void): void {
  const wanted = Object.entries(spec.phases.install?.['runtime-versions'] ?? {});
  for (const [runtime, version] of wanted) {
    if (runtime !== 'nodejs')
      throw new BuildspecError(`the runtime "${runtime}" is not carried out by the local cloud, which has nodejs alone`);
    if (version !== 'latest' && !NODE_VERSIONS.includes(version.replace(/\.x$/, ''))) {
      const versions = NODE_VERSIONS.join(', ');
      throw new BuildspecError(
        `Unknown runtime version named '${version}' of nodejs. This build image has the following versions: ${versions}`,
      );
    }
    told(`Selecting '${runtime}' runtime version '${version}' based on manual selections: the local cloud has ${process.version} for it`);
  }
  if (wanted.length === 0) told('No runtime version selected in buildspec.');
}
