import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../seed.ts';
import type { FakeDevice } from '../testing/fake-device.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';

describe('whatever is asked', () => {
  let world: ParticleWorld;
  let device: FakeDevice;
  let auth: string;

  beforeAll(async () => {
    world = await startWorld({ callTimeout_ms: 20 });
    device = await world.device();
    world.cloud.link.connect(device);
    auth = await login();
  });
  afterAll(() => world.stop());

  const login = async () => (await world.owner.login(OWNER)).body.access_token;

  const segment = () =>
    fc.oneof(
      fc.constantFrom(
        'v1',
        'products',
        'devices',
        'integrations',
        'webhooks',
        'ledgers',
        'instances',
        'team',
        'clients',
        'diagnostics',
        'locations',
        'last',
      ),
      fc.constantFrom(
        'oauth',
        'token',
        'user',
        'users',
        'access_tokens',
        'current',
        'groups',
        'owner',
        'ping',
        '_local',
        'deliveries',
        'settings',
        '__proto__',
        'constructor',
      ),
      fc.constantFrom('enstratus-controllers', '38250', 'DEVICE', 'command', 'voltage'),
      fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text)),
      fc.constantFrom('%', '%zz', '..'),
    );
  const path = () =>
    fc.oneof(
      fc.array(segment(), { maxLength: 6 }),
      fc.array(segment(), { maxLength: 3 }).map((rest) => ['v1', 'products', '38250', ...rest]),
      fc.array(segment(), { maxLength: 2 }).map((rest) => ['v1', 'products', '38250', 'devices', 'DEVICE', ...rest]),
    );
  const body = () => {
    const name = fc.constantFrom(
      'id',
      'ids',
      'name',
      'data',
      'event',
      'url',
      'json',
      'form',
      'headers',
      'ledger',
      'instance',
      'scopes',
      'friendly_name',
      'arg',
      'groups',
      'notes',
      'grant_type',
      '__proto__',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        'http://127.0.0.1:1/{{x}}',
        '{{#a}}',
        'status',
        'password',
        { name: 'settings', scope: 'Device', direction: 'Downstream' },
        { data: {} },
      ),
    );
    return fc.oneof(
      fc.dictionary(name, value).map((fields) => ({ type: 'application/json', text: JSON.stringify(fields) })),
      fc
        .dictionary(name, fc.string())
        .map((fields) => ({ type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() })),
      fc.string().map((text) => ({ type: 'application/json', text })),
      fc.string().map((text) => ({ type: 'multipart/form-data; boundary=x', text: `--x\r\n${text}` })),
      fc.string().map((text) => ({ type: 'text/xml', text })),
    );
  };

  it('is answered with JSON, and never because something broke', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        path(),
        body(),
        async (method, segments, { type, text }) => {
          const at = `/${segments.join('/')}`.replaceAll('DEVICE', device.particle_id);
          const headers = { authorization: `Bearer ${auth}`, 'content-type': type };
          const answer = await fetch(`${world.cloud.url}${at}`, { method, headers, ...(method === 'GET' ? {} : { body: text }) });
          if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
            await answer.body?.cancel();
            return;
          }
          expect([200, 201, 204, 400, 401, 403, 404, 408, 409, 429, 501], `${method} ${at} ${text}`).toContain(answer.status);
          if (answer.status !== 204) JSON.parse(await answer.text());
          // It may have ended the token.
          if (answer.status === 200 && method === 'DELETE') auth = await login();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
