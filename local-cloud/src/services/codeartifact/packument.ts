import type { PackageVersion } from './package-store.ts';

/** What npm needs to install (npm's registry documentation, "Package metadata", "Abbreviated metadata format"). */
const ABBREVIATED = [
  'name',
  'version',
  'deprecated',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'bundledDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bin',
  'directories',
  'engines',
  'cpu',
  'os',
  'libc',
  'funding',
  '_hasShrinkwrap',
] as const;

/** A package as the registry tells of it, with every version; `endpoint` ends with `/`. */
export function packument(name: string, versions: readonly PackageVersion[], tags: Readonly<Record<string, string>>, endpoint: string) {
  const times = versions.map(({ published_ms }) => published_ms);
  return {
    _id: name,
    name,
    'dist-tags': tags,
    versions: Object.fromEntries(versions.map((one) => [one.version, versionManifest(name, one, endpoint)])),
    time: {
      created: new Date(Math.min(...times)).toISOString(),
      modified: new Date(Math.max(...times)).toISOString(),
      ...Object.fromEntries(versions.map(({ version, published_ms }) => [version, new Date(published_ms).toISOString()])),
    },
  };
}

/** The same as installing needs it. */
export function abbreviatedPackument(...given: Parameters<typeof packument>) {
  const whole = packument(...given);
  const versions = Object.entries(whole.versions).map(([version, manifest]) => {
    const kept = ABBREVIATED.flatMap((member) => (manifest[member] === undefined ? [] : [[member, manifest[member]]]));
    return [
      version,
      { ...Object.fromEntries(kept), dist: manifest['dist'], ...(hasInstallScript(manifest) ? { hasInstallScript: true } : {}) },
    ];
  });
  return { name: whole.name, modified: whole.time.modified, 'dist-tags': whole['dist-tags'], versions: Object.fromEntries(versions) };
}

export function versionManifest(name: string, one: PackageVersion, endpoint: string): Record<string, unknown> {
  const tarball = `${endpoint}${name}/-/${one.fileName}`;
  return { ...one.manifest, dist: { shasum: one.shasum, integrity: one.integrity, tarball } };
}

function hasInstallScript({ scripts }: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof scripts === 'object' && scripts !== null && ['preinstall', 'install', 'postinstall'].some((name) => Object.hasOwn(scripts, name))
  );
}
