import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, inject } from 'vitest';
import { z } from 'zod';
import { journey, type Walk } from './journey.ts';
import { signIn } from './sign-in.ts';

const control = z.object({ control_url: z.url(), token: z.string() });
const mounted = z.object({ particle_id: z.string(), power: z.boolean() });

const device = 'spring-0001';
let particle_id = '';

/** What `npm run fleet -- new` does. */
async function mountController(): Promise<string> {
  const file = join(dirname(inject('endpointsFile')), 'field', 'field.json');
  const { control_url, token } = control.parse(JSON.parse(readFileSync(file, 'utf8')));
  const response = await fetch(control_url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ verb: 'new' }),
  });
  return mounted.parse(await response.json()).particle_id;
}

/** What `aws lambda invoke` does. */
async function register({ endpoints }: Walk): Promise<string> {
  const options = {
    endpoint: endpoints.aws,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.account, secretAccessKey: 'local' },
  };
  const name = '/enstratus/ingest/register-device-function-name';
  const { Parameter } = await new SSMClient(options).send(new GetParameterCommand({ Name: name }));
  const registration = {
    particle_id,
    device_id: device,
    name: 'Spring pump',
    path: '/enfusion/mesa-solar/delta-pumps/ridge-ranch/creek-tank',
    time_zone: 'America/Denver',
  };
  const { Payload } = await new LambdaClient(options).send(
    new InvokeCommand({ FunctionName: Parameter?.Value, Payload: Buffer.from(JSON.stringify(registration)) }),
  );
  return Buffer.from(Payload ?? '').toString('utf8');
}

journey('a-new-controller-appears-live', {
  'A controller is mounted and switched on: it reaches Particle, and nobody sees it in ENStratus.': async (walk) => {
    particle_id = await mountController();
    await signIn(walk.page, walk.endpoints.dashboard, walk.user('admin'));
    await walk.page.getByRole('searchbox').fill(device);
    await expect.poll(() => walk.page.locator('[data-device]').count()).toBe(0);
  },
  'The operator registers it by its Particle id, for a site of Ridge Ranch.': async (walk) => {
    expect(JSON.parse(await register(walk))).toMatchObject({ device_id: device, particle_id, name: 'Spring pump' });
  },
  'It stands in the fleet under its name, and soon with the state that it tells.': async ({ page }) => {
    await page.reload();
    await page.getByRole('searchbox').fill(device);
    const row = page.locator(`[data-device=${device}]`);
    await row.waitFor();
    // A controller samples at the whole minute, and what it has to tell at once it tells when it is on the network.
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Update now' }).click();
          return row.getAttribute('data-state');
        },
        { timeout: 90_000, interval: 2000 },
      )
      .toMatch(/^(stopped|waiting|starting|solar|grid|mixed)$/);
  },
  'On its page the first sample arrives as it is taken: the page says that it is live, and when the reading was taken.': async (walk) => {
    const { page } = walk;
    await page.getByRole('link', { name: 'Spring pump' }).click();
    await page.locator('.live[data-kind=live]').waitFor({ timeout: 90_000 });
    await page.getByRole('heading', { name: 'Latest readings' }).waitFor();
    // Samples are taken at whole minutes; without being asked the device would send its first ones with a pack, a quarter of an hour later.
    await expect.poll(() => page.locator('[data-reading=temp_c]').innerText(), { timeout: 90_000 }).toMatch(/\d °C\s+\d\d:\d\d:00/);
    await walk.show('device-registered');
  },
});
