/** A command that this `aws` doesn't carry out, or that lacks something: told, and the program ends with 252, as the AWS CLI does for those. */
export class UsageError extends Error {}

/** One command: `aws <service> <operation>`, and its options without their `--`. */
export interface AwsCommand {
  readonly service: string;
  readonly operation: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Options without a value. */
const FLAGS = ['with-decryption', 'no-with-decryption'];

/**
 * Reads the arguments of an AWS CLI command; global options may stand before the service, `--name=value` is as good as `--name value`.
 * Throws UsageError for what is no option, and for an option without its value.
 */
export function readArguments(args: readonly string[]): AwsCommand {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('--')) {
      words.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (options.has(name)) throw new UsageError(`--${name} is given twice`);
    if (FLAGS.includes(name)) options.set(name, 'true');
    else if (equals >= 0) options.set(name, word.slice(equals + 1));
    else {
      const value = args[++at];
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      options.set(name, value);
    }
  }
  const [service, operation, ...more] = words;
  if (service === undefined || operation === undefined) throw new UsageError('usage: aws <service> <operation> [--option value …]');
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" is nothing that aws ${service} ${operation} takes here`);
  return { service, operation, options };
}

/** Those options, and no others: what isn't among `known` is refused by its name, what of `needed` is missing, too. */
export function takeOptions(command: AwsCommand, known: readonly string[], needed: readonly string[]): Readonly<Record<string, string>> {
  for (const name of command.options.keys()) {
    if (!known.includes(name) && name !== 'region') {
      throw new UsageError(`--${name} of aws ${command.service} ${command.operation} is not carried out by the aws of the local cloud`);
    }
  }
  for (const name of needed)
    if (!command.options.has(name)) throw new UsageError(`aws ${command.service} ${command.operation} needs --${name}`);
  return Object.fromEntries(command.options);
}

/** An option that has to be there with this very value: other queries and outputs aren't carried out. */
export function mustBe(options: Readonly<Record<string, string>>, name: string, value: string): void {
  if (options[name] !== value) {
    throw new UsageError(`only --${name} ${value} is carried out by the aws of the local cloud, not ${options[name] ?? 'the default'}`);
  }
}
