import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { OWNER } from '../src/particle/seed.ts';
import type { FakeDevice } from '../src/particle/testing/fake-device.ts';
import { type ParticleWorld, startWorld } from '../src/particle/testing/particle-world.ts';
import { problemOf } from './answer-verdict.ts';
import { run } from './campaign.ts';
import { partsOf } from './fuzz-service.ts';
import { HttpClient } from './http-client.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { nearMiss, oddText, oddValue } from './odd-values.ts';
import { QuietConsole } from './quiet-console.ts';

/** Stand in paths for what a run gives them. */
const DEVICE = 'e00fce680000000000000000';
const TOKEN = 'TOKEN';

const product = fc.constantFrom('/v1/products/38250', '/v1/products/enstratus-controllers', '/v1/products/nobody');
const device = fc.constantFrom(DEVICE, DEVICE, DEVICE.toUpperCase(), 'e00fce68ffffffffffffffff', 'nobody');
const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('settings', 'command', 'voltage', 'last', 'current', 'x') },
  { weight: 1, arbitrary: oddText.map((text) => encodeURIComponent(text.toWellFormed())) },
);
const event = fc.constantFrom('status', 'status/live', 'x'.repeat(64), 'x'.repeat(65), '', 'é', 'a b');
const webhook = fc.record(
  {
    event,
    integration_type: fc.constantFrom('Webhook', 'AzureIotHub'),
    // Port 1: nobody listens, and nothing leaves the machine.
    url: fc.constantFrom(
      'http://127.0.0.1:1/{{x}}',
      'http://127.0.0.1:1/',
      'https://elsewhere.example/',
      'http://{{host}}/',
      'http://[',
      'x',
    ),
    requestType: fc.constantFrom('POST', 'GET', 'put', 'PATCH'),
    headers: fc.constantFrom({ 'x-a': 'b' }, { 'x-a': '{{{PARTICLE_EVENT_VALUE}}}' }, { 'bad name': 'x' }, '{"a":1}', '{'),
    json: fc.constantFrom({ a: '{{x}}' }, '{"a": {{{x}}}}', '{{#a}}', '{{/a}}', '{{=<% %>=}}', '{{>partial}}'),
    form: fc.constantFrom({ a: '{{x}}' }, { a: '{{{PARTICLE_EVENT_VALUE}}}' }),
    query: fc.constantFrom({ a: '{{x.y.z}}' }),
    auth: fc.constantFrom({ username: 'a', password: 'b' }, { username: 1 }),
    responseTemplate: fc.constantFrom('{{x}}', '{{#'),
    noDefaults: fc.constantFrom(true, 'false', 1),
    deviceID: fc.constantFrom(DEVICE, 'x'),
  },
  { requiredKeys: ['event', 'url'] },
);
const ledger = fc.record({
  ledger: fc.record(
    {
      name: fc.constantFrom('settings', 'other', 'Bad Name'),
      scope: fc.constantFrom('Device', 'Product', 'Owner'),
      direction: fc.constantFrom('Downstream', 'Upstream'),
    },
    { requiredKeys: ['name'] },
  ),
});
const publish = fc.record(
  {
    name: event,
    data: fc.oneof(fc.string({ maxLength: 20 }), fc.constant('x'.repeat(1100)), oddValue),
    private: fc.boolean(),
    ttl: fc.constantFrom(60, '60', -1),
  },
  { requiredKeys: ['name'] },
);
const argument = fc.record(
  { arg: fc.oneof(fc.constantFrom('1,start', '', 'x'.repeat(1025)), oddValue), args: oddText },
  { requiredKeys: [] },
);
const instance = fc.record({
  instance: fc.record({ data: fc.oneof(fc.constantFrom({ pack_minutes: 5 }, {}, { a: 'x'.repeat(17_000) }), oddValue) }),
});

type Call = readonly [method: string, path: string, body: unknown];
const call = (method: string, path: fc.Arbitrary<string>, body: fc.Arbitrary<unknown> = fc.constant(undefined)): fc.Arbitrary<Call> =>
  fc.tuple(fc.constant(method), path, body);
const below = (base: fc.Arbitrary<string>, ...rest: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(base, ...rest.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((parts) => parts.join('/'));
const either = fc.oneof(product, fc.constant('/v1'));

/** Requests of every kind that Particle's Cloud API reference has and the stand-in carries out. */
const calls: fc.Arbitrary<Call> = fc.oneof(
  call(
    'POST',
    fc.constant('/oauth/token'),
    fc.record(
      {
        grant_type: fc.constantFrom('password', 'client_credentials', 'refresh_token', 'x'),
        username: fc.constantFrom(OWNER.username, 'x'),
        password: fc.constantFrom(OWNER.password, 'x'),
        client_id: fc.constant('particle'),
        client_secret: fc.constant('particle'),
        expires_in: fc.constantFrom(0, 60, '-1', 'x'),
      },
      { requiredKeys: ['grant_type'] },
    ),
  ),
  call(
    'GET',
    fc.constantFrom(
      '/v1/user',
      '/v1/products',
      '/v1/clients',
      '/v1/devices',
      '/v1/ledgers',
      '/v1/access_tokens/current',
      '/_local/deliveries',
    ),
  ),
  call(
    'POST',
    fc.constant('/v1/users'),
    fc.record(
      { username: fc.constantFrom('a@b.example', 'x', OWNER.username), password: fc.constantFrom('password', '') },
      { requiredKeys: [] },
    ),
  ),
  call('GET', below(either, fc.constantFrom('devices', 'clients', 'groups', 'team', 'locations', 'integrations', 'webhooks'))),
  call(
    'GET',
    fc
      .tuple(
        below(either, 'devices'),
        fc.constantFrom('page', 'perPage', 'per_page', 'sortAttr', 'sortDir', 'deviceId', 'groups', 'date_range', 'rect_bl'),
        fc.oneof(fc.constantFrom('1', '25', '0', '-1', '1e9', DEVICE), oddText),
      )
      .map(([path, name, value]) => `${path}?${name}=${encodeURIComponent(value.toWellFormed())}`),
  ),
  call('GET', below(either, 'devices', device)),
  call(
    'PUT',
    below(either, 'devices', device),
    fc.record(
      {
        name: fc.oneof(fc.constantFrom('pump', 'Bad Name!'), oddText),
        notes: oddValue,
        signal: fc.constantFrom(0, 1, '1'),
        groups: fc.constantFrom([], ['a'], 'a'),
        desired_firmware_version: fc.constant(1),
        development: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  ),
  call('PUT', below(either, 'devices', device, 'ping')),
  call('POST', below(either, 'devices', device, fc.constantFrom('command', 'live', 'nobody', '__proto__', 'constructor')), argument),
  call('GET', below(either, 'devices', device, fc.constantFrom('voltage', 'state', 'firmware', 'nobody', '__proto__'))),
  call(
    'POST',
    below(product, 'devices'),
    fc.record(
      { id: fc.constantFrom(DEVICE, 'x'), ids: fc.constantFrom([DEVICE], [], 'x'), import_method: fc.constantFrom('one', 'many') },
      { requiredKeys: [] },
    ),
  ),
  call('POST', fc.constant('/v1/devices'), fc.record({ id: device })),
  call('POST', fc.constant('/_local/devices'), fc.record({ ids: fc.array(device, { maxLength: 3 }) })),
  call('POST', fc.constantFrom('/v1/devices/events', '/v1/products/38250/events'), publish),
  call(
    'GET',
    below(
      fc.constantFrom('/v1', '/v1/devices', `/v1/devices/${DEVICE}`, '/v1/products/38250', `/v1/products/38250/devices/${DEVICE}`),
      'events',
      fc.constantFrom('', 'status', 'a/b/c', '%20'),
    ),
  ),
  call('POST', below(either, fc.constantFrom('integrations', 'webhooks')), webhook),
  call('PUT', below(either, fc.constantFrom('integrations', 'webhooks'), id), webhook),
  call('GET', below(either, fc.constantFrom('integrations', 'webhooks', 'diagnostics', 'locations'), fc.oneof(id, device))),
  call('GET', below(either, 'diagnostics', device, fc.constantFrom('last', 'metadata'))),
  call('POST', below(either, 'diagnostics', device, 'update')),
  call('POST', fc.constant('/v1/ledgers'), ledger),
  call('PUT', below(fc.constant('/v1/ledgers'), id), ledger),
  call('GET', below(fc.constant('/v1/ledgers'), id, 'instances')),
  call('PUT', below(fc.constant('/v1/ledgers'), id, 'instances', device), instance),
  call('GET', below(fc.constant('/v1/ledgers'), id, 'instances', device)),
  call(
    'POST',
    below(either, 'clients'),
    fc.record(
      { name: fc.constantFrom('a', ''), type: fc.constantFrom('installed', 'web', 'x'), redirect_uri: oddText },
      { requiredKeys: [] },
    ),
  ),
  call(
    'POST',
    below(product, 'team'),
    fc.record(
      {
        friendly_name: fc.constantFrom('x', ''),
        username: fc.constant('a@b.example'),
        scopes: fc.constantFrom(['devices:list'], ['x'], 'devices:list', []),
      },
      { requiredKeys: [] },
    ),
  ),
  call(
    'DELETE',
    fc.oneof(
      below(either, fc.constantFrom('integrations', 'webhooks', 'clients', 'team'), id),
      below(fc.constant('/v1/ledgers'), id),
      below(fc.constant('/v1/ledgers'), id, 'instances', device),
      below(either, 'devices', fc.constant('e00fce68ffffffffffffffff')),
    ),
  ),
);

const headers = { authorization: `Bearer ${TOKEN}` };
const message: fc.Arbitrary<HttpMessage> = nearMessage(
  fc.tuple(calls, fc.constantFrom('json', 'json', 'form', 'multipart', 'xml'), fc.boolean()).chain(([[method, path, body], kind, isNear]) =>
    (isNear && body !== undefined ? nearMiss(fc.constant(body)) : fc.constant(body)).map((given): HttpMessage => {
      if (given === undefined) return { method, path, headers, body: '' };
      if (kind === 'form' && typeof given === 'object' && given !== null) {
        const form = new URLSearchParams(
          Object.entries(given).map(([name, value]): [string, string] => [
            name,
            typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
          ]),
        );
        return { method, path, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
      }
      if (kind === 'multipart') {
        const part = `--x\r\nContent-Disposition: form-data; name="file"; filename="devices.txt"\r\n\r\n${DEVICE}\n\r\n--x--\r\n`;
        return { method, path, headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, body: part };
      }
      return {
        method,
        path,
        headers: { ...headers, 'content-type': kind === 'xml' ? 'text/xml' : 'application/json' },
        body: bytesAsText(JSON.stringify(given) ?? ''),
      };
    }),
  ),
);

describe('the Particle cloud, whatever it is asked', () => {
  let world: ParticleWorld;
  let known: FakeDevice;
  let client: HttpClient;
  let quiet: QuietConsole;

  beforeAll(async () => {
    quiet = new QuietConsole();
    world = await startWorld({ callTimeout_ms: 20 });
    known = await world.device();
    world.cloud.link.connect(known);
    client = new HttpClient(world.cloud.url);
  });
  afterAll(async () => {
    client.stop();
    await world.stop();
    quiet.restore();
  });

  const login = async () => (await world.owner.login(OWNER)).body.access_token;

  it('it answers JSON, a stream of events, or nothing, and goes on', { timeout: 600_000 }, async () => {
    let token = await login();
    await run({
      border: 'Particle stand-in',
      inputs: message,
      check: async (input) => {
        const sent = {
          ...input,
          headers: Object.fromEntries(Object.entries(input.headers).map(([name, value]) => [name, value.replace(TOKEN, token)])),
        };
        const answer = await client.send(sent);
        quiet.check();
        const problem = problemOf(answer, partsOf(sent));
        if (problem !== undefined) throw new Error(problem);
        const type = String(answer.headers['content-type'] ?? '');
        if (answer.body !== '' && type.startsWith('application/json')) JSON.parse(answer.body);
        else if (answer.body !== '' && !/^text\/(event-stream|plain)/.test(type))
          throw new Error(`it is answered as ${type}: ${answer.body.slice(0, 200)}`);
        // It may have ended the token, or made the product's device somebody else's.
        if (input.method === 'DELETE' && answer.status < 300) token = await login();
      },
    });
    const good = await client.send({ method: 'GET', path: '/v1/user', headers: { authorization: `Bearer ${await login()}` }, body: '' });
    if (good.status !== 200) throw new Error(`a good request is answered with ${good.status}: ${good.body}`);
  });
});
