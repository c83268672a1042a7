const compiled = new Map<string, RegExp>();

/**
 * Matches IAM's wildcards: `*` any number of characters, `?` exactly one (IAM User Guide, "IAM JSON policy elements:
 * Resource").
 */
export function matchesPattern(pattern: string, value: string, caseInsensitive = false): boolean {
  if (pattern === '*' || pattern === value) return true;
  if (!caseInsensitive && !pattern.includes('*') && !pattern.includes('?')) return false;
  const key = caseInsensitive ? `i:${pattern}` : `s:${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]');
    expression = new RegExp(`^${source}$`, caseInsensitive ? 'i' : '');
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(key, expression);
  }
  return expression.test(value);
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
