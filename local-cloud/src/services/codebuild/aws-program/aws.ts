// The `aws` in the PATH of builds: AWS's build images carry the AWS CLI, a laptop needn't. It carries out three commands of it, as the AWS CLI
// does, and fails for everything else by its name. What it needs is in the environment, as for the AWS CLI.
import { type AwsCommand, readArguments, UsageError } from './arguments.ts';
import { authorizationTokenOptions, loginOptions, parameterOptions } from './command-options.ts';

/** What is wrong with a command is told before the SDK is loaded, which takes most of the program's time. */
const COMMANDS = new Map<string, (command: AwsCommand) => Promise<void>>([
  [
    'codeartifact login',
    async (command) => {
      const options = loginOptions(command);
      await (await import('./codeartifact.ts')).login(options);
    },
  ],
  [
    'codeartifact get-authorization-token',
    async (command) => {
      const options = authorizationTokenOptions(command);
      await (await import('./codeartifact.ts')).getAuthorizationToken(options);
    },
  ],
  [
    'ssm get-parameter',
    async (command) => {
      const options = parameterOptions(command);
      await (await import('./ssm.ts')).getParameter(options);
    },
  ],
]);

/** AWS CLI User Guide, "Command line return codes": 252 for a command that is wrong, 254 for an error that a service answers. */
const WRONG_COMMAND = 252;
const SERVICE_ERROR = 254;

try {
  const command = readArguments(process.argv.slice(2));
  const run = COMMANDS.get(`${command.service} ${command.operation}`);
  if (run === undefined) {
    const known = [...COMMANDS.keys()].map((name) => `aws ${name}`).join(', ');
    throw new UsageError(
      `aws ${command.service} ${command.operation} is not carried out by the aws of the local cloud, which has ${known} alone`,
    );
  }
  await run(command);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error && error.name !== 'Error' ? ` (${error.name})` : '';
  console.error(error instanceof UsageError ? `\naws: ${message}` : `\nAn error occurred${name}: ${message}`);
  process.exitCode = error instanceof UsageError ? WRONG_COMMAND : SERVICE_ERROR;
}
