import { z } from 'zod';

/**
 * A schema of texts by names of the caller's own choice, such as tags. zod's record would leave out the name `__proto__`
 * without a word.
 */
export function textsByName(longest: { name?: number; text?: number } = {}) {
  const { name: longestName = Number.POSITIVE_INFINITY, text: longestText = Number.POSITIVE_INFINITY } = longest;
  return z.custom<Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(([name, text]) => name.length <= longestName && typeof text === 'string' && text.length <= longestText),
    { message: `expected a map of texts${Number.isFinite(longestName) ? `, keys up to ${longestName}, values up to ${longestText}` : ''}` },
  );
}
