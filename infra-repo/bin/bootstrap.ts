import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { organizationNamed } from '@enstratus/platform/delivery';
import { type BootstrappedAccount, bootstrapTemplate } from '../cdk/bootstrap/bootstrap-template.ts';

const usage =
  'npm run bootstrap -- <delivery | dev | test | prod> [--organization enfusion]   (with credentials of an administrator of that account)';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { organization: { type: 'string', default: 'enfusion' } } });
const organization = organizationNamed(values.organization);
const [name] = positionals;
const stage = organization.stages.find((one) => one.stage === name);
if (name !== 'delivery' && stage === undefined) {
  console.error(`✖ "${name ?? ''}" is no account of ${organization.organization}.\n  ${usage}`);
  process.exit(1);
}
const account: BootstrappedAccount = stage?.stage ?? 'delivery';
const environment = `aws://${stage?.account ?? organization.delivery.account}/${stage?.region ?? organization.region}`;
const folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
const template = join(folder, 'bootstrap-template.yaml');
writeFileSync(template, bootstrapTemplate(account, organization));
const { account: delivery } = organization.delivery;
const trust = account === 'delivery' ? [] : ['--trust', delivery, '--trust-for-lookup', delivery];
console.log(`Bootstrapping ${environment} as ${account} of ${organization.organization}`);
const { status } = spawnSync(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('aws-cdk/bin/cdk'),
    'bootstrap',
    environment,
    ...['--template', template, '--no-notices'],
    ...trust,
    // The CLI asks for one where accounts are trusted; the template has its own.
    ...['--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
    ...(account === 'prod' ? ['--termination-protection'] : []),
  ],
  // Without a cdk.json, so that no app is synthesized for it.
  { cwd: folder, stdio: 'inherit' },
);
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;
