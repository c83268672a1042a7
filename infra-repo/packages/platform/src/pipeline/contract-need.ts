/** Three numbers of a version ("Semantic Versioning 2.0.0"), without pre-releases: the contract has none. */
const versionPattern = /^(\d+)\.(\d+)\.(\d+)$/;

/** Reads `1.2.3`. Throws an Error for anything else. */
export function parseVersion(text: string): readonly [number, number, number] {
  const found = versionPattern.exec(text.trim());
  if (found === null) throw new Error(`"${text}" is no version such as 1.2.3`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

/**
 * Whether a stage that has one version of the contract serves who was built with another: the same major number, and not older. Below 1.0.0 the
 * minor number counts as the major one ("Semantic Versioning 2.0.0", clause 4, as npm's caret reads it).
 */
export function serves(deployed: string, needed: string): boolean {
  const [major, minor, patch] = parseVersion(deployed);
  const [needsMajor, needsMinor, needsPatch] = parseVersion(needed);
  if (major !== needsMajor) return false;
  if (major === 0) return minor === needsMinor && patch >= needsPatch;
  return minor > needsMinor || (minor === needsMinor && patch >= needsPatch);
}
