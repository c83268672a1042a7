type Properties = Readonly<Record<string, unknown>>;

/** Top-level properties that differ. A number or boolean equals its text, as CloudFormation sees it. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isSame(before[name], after[name])).toSorted();
}

export function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  if (value === undefined) return '';
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'number' || typeof member === 'boolean') return String(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
