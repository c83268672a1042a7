/**
 * Matches IAM's wildcards: `*` any number of characters, `?` exactly one (IAM User Guide, "IAM JSON policy elements:
 * Resource"). In time proportional to both lengths at the most, whatever the pattern.
 */
export function matchesPattern(pattern: string, value: string, caseInsensitive = false): boolean {
  if (pattern === '*' || pattern === value) return true;
  if (caseInsensitive) return matchesPattern(pattern.toLowerCase(), value.toLowerCase());
  let at = 0;
  let next = 0;
  // The last star: where it stands, and how far it reaches so far. On a mismatch it takes one character more.
  let star = -1;
  let reached = 0;
  while (next < value.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      reached = next;
      at += 1;
    } else if (wanted === '?' || (wanted !== undefined && wanted === value[next])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      reached += 1;
      at = star + 1;
      next = reached;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Replaces policy variables such as `${aws:PrincipalAccount}`; an unknown or missing one matches nothing. */
export function substituteVariables(pattern: string, keys: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (!pattern.includes('${')) return pattern;
  let missing = false;
  const result = pattern.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    const value = keys.get(name.toLowerCase());
    if (value?.length !== 1 || value[0] === undefined) {
      missing = true;
      return '';
    }
    return value[0];
  });
  return missing ? undefined : result;
}
