import { spawn } from 'node:child_process';

/** The machine's own npm in an environment: resolves to its output, rejects with an Error that has it when npm ends badly. */
export function npmIn(env) {
  const script = process.env.npm_execpath;
  const [command, ...first] = script?.endsWith('.js') ? [process.execPath, script] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  return (args, cwd) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...first, ...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      const take = (chunk) => {
        output += chunk;
      };
      child.stdout.setEncoding('utf8').on('data', take);
      child.stderr.setEncoding('utf8').on('data', take);
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve(output) : reject(new Error(`npm ${args.join(' ')} ended with code ${code}:\n${output}`)),
      );
    });
}
