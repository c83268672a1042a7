import { createInterface } from 'node:readline/promises';
import type { RemoveOptions } from '../options.ts';
import { Refusal } from '../refusal.ts';

/**
 * Makes sure that somebody means it: the account's id, by `--yes` or typed in; in production the further option too. Throws Refusal when they don't.
 */
export async function confirm(options: RemoveOptions, account: string): Promise<void> {
  if (options.stage === 'prod' && !options['production-data-is-gone-for-good'])
    throw new Refusal('This is PROD: what its devices ever sent would be lost. Say --production-data-is-gone-for-good.');
  const said = options.yes ?? (await typed(account));
  if (said !== account) throw new Refusal(`Nothing was removed: "${said}" is not the account's id.`);
}

async function typed(account: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Refusal(`Nothing was removed: say --yes ${account}.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question('\nType the id of the account to delete all of this: ')).trim();
  } finally {
    terminal.close();
  }
}
