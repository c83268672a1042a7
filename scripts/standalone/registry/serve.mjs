// A child of scripts/standalone/registry.mjs, on Node 24: serve.mjs <folder with verdaccio> <folder for packages>. Prints its port, ends with its standard input.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [installed = '', storage = ''] = process.argv.slice(2);
const entry = createRequire(join(installed, 'package.json')).resolve('verdaccio');
const { runServer } = await import(pathToFileURL(entry).href);

const server = await runServer({
  storage,
  self_path: join(storage, 'config.yaml'),
  // No uplinks: it knows what was published to it, and npm asks it for nothing else.
  uplinks: {},
  packages: { '@enstratus/*': { access: '$all', publish: '$all' } },
  auth: { htpasswd: { file: join(storage, 'htpasswd'), max_users: -1 } },
  web: { enable: false },
  log: { type: 'stdout', format: 'json', level: 'error' },
  max_body_size: '50mb',
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
