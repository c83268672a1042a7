import { invalid } from './pattern-error.ts';

/**
 * Reads a wildcard: `*` is any number of characters, `\*` a star, `\\` a backslash (EventBridge User Guide, "Wildcard matching in event patterns",
 * which allows no two stars in a row). What it answers takes time in proportion to the value's length times the number of stars at the most.
 */
export function wildcardTest(pattern: string, where: string): (value: string) => boolean {
  const pieces = piecesOf(pattern, where);
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    const end = value.length - last.length;
    let at = first.length;
    for (const piece of rest) {
      const found = value.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** The text between the stars. */
function piecesOf(pattern: string, where: string): string[] {
  const pieces = [''];
  for (let index = 0; index < pattern.length; index += 1) {
    let character = pattern.charAt(index);
    if (character === '*') {
      if (pattern.charAt(index + 1) === '*') throw invalid(`Consecutive wildcard characters at pos ${index} at ${where}`);
      pieces.push('');
      continue;
    }
    if (character === '\\') {
      index += 1;
      character = pattern.charAt(index);
      if (character !== '*' && character !== '\\') throw invalid(`Invalid escape character at pos ${index} at ${where}`);
    }
    pieces.push(`${pieces.pop() ?? ''}${character}`);
  }
  return pieces;
}
