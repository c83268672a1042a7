import { parseVersion } from '../packages/platform/src/pipeline/contract-need.ts';
import type { Finding } from './finding.ts';

/** What a change asks of a version: `content` where nothing that others use is another. */
export type Change = Finding['kind'] | 'content' | 'none';

/** The greatest of what was found. */
export function changeOf(findings: readonly Finding[], isSameContent: boolean): Change {
  if (findings.some(({ kind }) => kind === 'breaking')) return 'breaking';
  if (findings.length > 0) return 'addition';
  return isSameContent ? 'none' : 'content';
}

/**
 * The lowest version that says what has changed since the published one ("Semantic Versioning 2.0.0"). Below 1.0.0 every number counts one place further right, as npm's caret
 * reads it: a breaking change takes the next minor version, anything else the next patch.
 */
export function versionNeeded(published: string, change: Change): string {
  const [major, minor, patch] = parseVersion(published);
  if (change === 'none') return published;
  if (change === 'breaking') return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
  if (change === 'addition' && major > 0) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

/** Whether a version is that one, or a later one. */
export function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [parseVersion(version), parseVersion(least)];
  const index = one.findIndex((number, place) => number !== other[place]);
  return index < 0 || (one[index] ?? 0) > (other[index] ?? 0);
}
