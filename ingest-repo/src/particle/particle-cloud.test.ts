import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ParticleCloud, particleCloud } from './particle-cloud.ts';

const particle_id = '0123456789abcdef01234567';
const token = 'a-token-that-nobody-may-see';
const hook = { name: 'ours', event: 'status', url: 'https://hook.example/', headers: { 'x-webhook-secret': 'a-hidden-secret' } };

interface Asked {
  readonly line: string;
  readonly body: unknown;
}
type Answer = { readonly status: number; readonly body: unknown } | 'nothing';

let server: Server;
let asked: Asked[];
let traces: (string | undefined)[];
let answers: Record<string, Answer>;
let cloud: ParticleCloud;
const ok = (body: unknown): Answer => ({ status: 200, body });

beforeEach(async () => {
  asked = [];
  traces = [];
  answers = {};
  server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    const body = await text(request);
    expect(request.headers.authorization).toBe(`Bearer ${token}`);
    traces.push(request.headers['x-amzn-trace-id']?.toString());
    asked.push({ line, body: body === '' ? undefined : JSON.parse(body) });
    const answer = answers[line] ?? ok({ ok: true });
    if (answer === 'nothing') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  cloud = particleCloud({ url: `http://127.0.0.1:${port}`, product: 'pumps', token, timeouts: { call_ms: 150, request_ms: 150 } });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const device = `/v1/products/pumps/devices/${particle_id}`;

describe('calling a function', () => {
  const call = () => cloud.call(particle_id, 'live', '300');

  it('answers what the device did', async () => {
    answers[`POST ${device}/live`] = ok({ id: particle_id, connected: true, return_value: -5 });
    expect(await call()).toEqual({ kind: 'answered', value: -5 });
    expect(asked).toEqual([{ line: `POST ${device}/live`, body: { args: '300' } }]);
  });

  it('hands the trace on, where there is one', async () => {
    answers[`POST ${device}/live`] = ok({ return_value: 0 });
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';
    vi.stubEnv('_X_AMZN_TRACE_ID', header);
    await call();
    vi.unstubAllEnvs();
    await call();
    expect(traces).toEqual([header, undefined]);
  });

  it.each<[string, Answer, string]>([
    ['offline', { status: 404, body: { ok: false, error: 'not connected' } }, 'offline'],
    ['silent', { status: 408, body: { ok: false, error: 'Timed out.' } }, 'silent'],
    ['silent for longer than we wait', 'nothing', 'silent'],
  ])('of a device that is %s is no failure', async (_, answer, kind) => {
    answers[`POST ${device}/live`] = answer;
    expect(await call()).toEqual({ kind });
  });

  it.each<[Answer, string]>([
    [{ status: 401, body: { error: 'invalid_token', error_description: `The token ${token} is invalid.` } }, 'ParticleAccessDenied'],
    [{ status: 403, body: { ok: false, error: 'Permission Denied' } }, 'ParticleAccessDenied'],
    [
      { status: 400, body: { error: 'unauthorized', error_description: 'API users are not allowed to call this endpoint' } },
      'ParticleAccessDenied',
    ],
    [{ status: 400, body: { ok: false, error: 'bad_request' } }, 'ParticleRefusal'],
    [{ status: 429, body: { error: 'slow down' } }, 'ParticleOutage'],
    [{ status: 500, body: {} }, 'ParticleOutage'],
    [{ status: 502, body: '<html>Bad gateway</html>' }, 'ParticleOutage'],
    [ok({ return_value: 'no number' }), 'ParticleOutage'],
  ])('that fails with %o is a %s, and does not tell the token', async (answer, name) => {
    answers[`POST ${device}/live`] = answer;
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name });
    expect(String(error)).not.toContain(token);
  });

  it('of nobody is an outage', async () => {
    const nowhere = particleCloud({ url: 'http://127.0.0.1:1', product: 'p', token });
    await expect(nowhere.call(particle_id, 'live', '1')).rejects.toMatchObject({ name: 'ParticleOutage', status: undefined });
  });
});

describe('a device', () => {
  const imported = (changed: object) =>
    ok({ updated: 0, updatedDeviceIds: [], existingDeviceIds: [], nonmemberDeviceIds: [], invalidDeviceIds: [], ...changed });

  it('is put into the product and described', async () => {
    answers['POST /v1/products/pumps/devices'] = imported({ updated: 1, updatedDeviceIds: [particle_id] });
    await cloud.addToProduct(particle_id);
    answers['POST /v1/products/pumps/devices'] = imported({ existingDeviceIds: [particle_id] });
    await cloud.addToProduct(particle_id);
    await cloud.describe(particle_id, { name: 'pump-1', notes: 'North' });
    expect(asked.slice(1)).toEqual([
      { line: 'POST /v1/products/pumps/devices', body: { id: particle_id } },
      { line: `PUT ${device}`, body: { name: 'pump-1', notes: 'North' } },
    ]);
  });

  it.each([
    ['knows no device', { invalidDeviceIds: [particle_id] }],
    ['belongs to somebody else', { nonmemberDeviceIds: [particle_id] }],
  ])('that %s is refused', async (reason, lists) => {
    answers['POST /v1/products/pumps/devices'] = imported(lists);
    await expect(cloud.addToProduct(particle_id)).rejects.toMatchObject({
      name: 'ParticleRefusal',
      message: expect.stringContaining(reason),
    });
  });

  it('gets its settings in the ledger of its organization, which is made when it is not there', async () => {
    answers['GET /v1/products/pumps'] = ok({ product: { id: 1, organization_id: 'enfusion' } });
    const ledger = '/v1/orgs/enfusion/ledgers';
    const instance = `PUT ${ledger}/settings/instances/${particle_id}?set_mode=Merge`;
    answers[instance] = { status: 404, body: { error: 'Ledger settings not found' } };
    await expect(cloud.writeLedger('settings', particle_id, { pack_minutes: 5 })).rejects.toMatchObject({ status: 404 });
    expect(asked.map(({ line }) => line)).toEqual(['GET /v1/products/pumps', instance, `POST ${ledger}`, instance]);
    expect(asked[2]?.body).toEqual({ ledger: { name: 'settings', scope: 'Device', direction: 'Downstream' } });
    answers[instance] = ok({});
    await cloud.writeLedger('settings', particle_id, { pack_minutes: 5 });
    expect(asked.slice(4)).toEqual([{ line: instance, body: { instance: { data: { pack_minutes: 5 } } } }]);
  });

  it('of a product without an organization has them in the sandbox', async () => {
    answers['GET /v1/products/pumps'] = ok({ product: { id: 1, user: 'somebody' } });
    await cloud.writeLedger('settings', particle_id, { pack_minutes: 5 });
    expect(asked.at(-1)?.line).toBe(`PUT /v1/ledgers/settings/instances/${particle_id}?set_mode=Merge`);
  });
});

describe('webhooks', () => {
  const at = '/v1/products/pumps/integrations';

  it('are listed without what is none', async () => {
    answers[`GET ${at}`] = ok([
      { id: 'w1', event: 'status', url: 'https://a.example/', integration_type: 'Webhook', name: null, requestType: 'POST' },
      { id: 'a1', event: 'status', integration_type: 'AzureIotHub' },
    ]);
    expect(await cloud.webhooks()).toEqual([{ id: 'w1', event: 'status', url: 'https://a.example/', name: undefined }]);
  });

  it('are read, made, replaced and removed', async () => {
    answers[`GET ${at}/w1`] = ok({ ok: true, integration: { id: 'w1', ...hook, requestType: 'POST' } });
    expect(await cloud.webhook('w1')).toEqual(hook);
    await cloud.createWebhook(hook);
    await cloud.replaceWebhook('w1', hook);
    answers[`DELETE ${at}/w1`] = { status: 204, body: '' };
    await cloud.removeWebhook('w1');
    const whole = { ...hook, integration_type: 'Webhook', requestType: 'POST', noDefaults: false, rejectUnauthorized: true };
    expect(asked.slice(1)).toEqual([
      { line: `POST ${at}`, body: whole },
      { line: `PUT ${at}/w1`, body: whole },
      { line: `DELETE ${at}/w1`, body: undefined },
    ]);
  });

  it('that are refused do not tell the secret', async () => {
    answers[`POST ${at}`] = { status: 400, body: { error: 'bad_request', error_description: 'headers: a-hidden-secret is wrong' } };
    await expect(cloud.createWebhook(hook)).rejects.toThrow('headers: *** is wrong');
  });
});
