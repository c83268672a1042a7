/** AWS AppSync Developer Guide, "Supported runtime features": globals. Everything else that Node has is taken away. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  'Array',
  'Infinity',
  'JSON',
  'Math',
  'NaN',
  'Number',
  'Object',
  'String',
  'console',
  'extensions',
  'runtime',
  'undefined',
  'util',
]);

/** What '@aws-appsync/utils' exports. */
export const UTILITIES: ReadonlySet<string> = new Set(['util', 'extensions', 'runtime']);

/** The members of globals: the language's that AppSync has, and the utilities' that the local cloud carries out. */
export const KNOWN_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    Array: ['isArray'],
    JSON: ['parse', 'stringify'],
    Math: ['random', 'min', 'max', 'round', 'floor', 'ceil'],
    Number: ['isFinite', 'isNaN'],
    Object: ['assign', 'entries', 'hasOwn', 'keys', 'values'],
    String: ['raw'],
    console: ['log', 'error'],
    extensions: ['setSubscriptionFilter'],
    runtime: ['earlyReturn'],
    util: [
      'error',
      'appendError',
      'unauthorized',
      'time.nowISO8601',
      'time.nowEpochSeconds',
      'time.nowEpochMilliSeconds',
      'transform.toSubscriptionFilter',
    ],
  }).map(([name, members]) => [name, new Set(members)]),
);
