// Makes, removes and estimates an environment in an AWS account: infra-repo's command, with the repos of this workspace. docs/environment.md
//   npm run environment -- new --stage dev --admin ada@enfusion.example
//   npm run environment -- remove --stage dev
//   npm run environment -- estimate
import { join } from 'node:path';
import { environment, fail, prepare, root, run } from './prepare.mjs';

const node = await prepare();
const repo = join(root, 'infra-repo');
const env = environment();
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if ((await run(node, [compiler, '-b', join(repo, 'packages', 'contract'), join(repo, 'packages', 'platform')], { env })) !== 0)
  fail("The shared packages don't compile.");
process.exitCode = await run(node, [join(repo, 'bin', 'environment.ts'), ...process.argv.slice(2)], { cwd: repo, env });
