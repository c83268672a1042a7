import Particle from 'particle-api-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER } from '../seed.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';

describe('tokens', () => {
  let world: ParticleWorld;
  const clock = new ManualClock();

  beforeEach(async () => {
    world = await startWorld({ clock });
  });
  afterEach(() => world.stop());

  const token = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${world.cloud.url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) });

  it('are given for a password, and end when they expire', async () => {
    const { body } = await new Particle({ baseUrl: world.cloud.url }).login({ ...OWNER, tokenDuration: 60 });
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[0-9a-f]{40}$/),
      token_type: 'bearer',
      expires_in: 60,
      refresh_token: expect.any(String),
    });
    expect((await world.api.getUserInfo({ auth: body.access_token })).body).toMatchObject({ username: OWNER.username });
    clock.advance(60_000);
    await expect(world.api.getUserInfo({ auth: body.access_token })).rejects.toMatchObject({
      statusCode: 401,
      body: { error: 'invalid_token', error_description: 'The access token provided has expired.' },
    });
  });

  it('live 90 days unless told, and for ever when told 0', async () => {
    const credentials = { grant_type: 'password', ...OWNER };
    const basic = { authorization: `Basic ${btoa('particle:particle')}` };
    expect(await (await token(credentials, basic)).json()).toMatchObject({ expires_in: 7_776_000 });
    const { access_token } = (await (await token({ ...credentials, expires_in: '0' }, basic)).json()) as { access_token: string };
    clock.advance(10 * 366 * 86_400_000);
    expect((await world.api.getUserInfo({ auth: access_token })).statusCode).toBe(200);
  });

  it('are refused for a wrong password or client, and as JSON', async () => {
    const refused = async (answer: Promise<Response>) => {
      const { status } = await answer;
      return { status, body: await (await answer).json() };
    };
    expect(
      await refused(
        token({ grant_type: 'password', username: OWNER.username, password: 'no', client_id: 'particle', client_secret: 'particle' }),
      ),
    ).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'User credentials are invalid' },
    });
    expect(await refused(token({ grant_type: 'password', ...OWNER, client_id: 'particle', client_secret: 'no' }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
    expect(await refused(token({ grant_type: 'client_credentials', client_id: 'particle', client_secret: 'particle' }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
    const json = fetch(`${world.cloud.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"grant_type":"password"}',
    });
    expect((await json).status).toBe(400);
  });

  it('are taken in the header, the query and the form', async () => {
    const { access_token } = world.cloud.seed();
    const path = `${world.cloud.url}/v1/products/${world.product.id}`;
    expect((await fetch(path, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200);
    expect((await fetch(`${path}?access_token=${access_token}`)).status).toBe(200);
    const device = await world.device();
    const noted = { method: 'PUT', body: new URLSearchParams({ access_token, notes: 'by a form' }) };
    expect(await (await fetch(`${path}/devices/${device.particle_id}`, noted)).json()).toMatchObject({ notes: 'by a form' });
    const missing = await fetch(path);
    expect([missing.status, await missing.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'The access token was not found' },
    ]);
    expect((await fetch(`${path}?access_token=nonsense`)).status).toBe(401);
  });

  it('can be deleted: this one, one that is known, all', async () => {
    const login = async () => (await new Particle({ baseUrl: world.cloud.url }).login(OWNER)).body.access_token;
    const [first, second, third] = [await login(), await login(), await login()];
    await world.owner.deleteCurrentAccessToken({ auth: first });
    await expect(world.owner.getUserInfo({ auth: first })).rejects.toMatchObject({ statusCode: 401 });
    await world.owner.deleteAccessToken({ token: second });
    await expect(world.owner.getUserInfo({ auth: second })).rejects.toMatchObject({ statusCode: 401 });
    await world.owner.deleteActiveAccessTokens({ auth: third });
    await expect(world.owner.getUserInfo({ auth: third })).rejects.toMatchObject({ statusCode: 401 });
    expect((await world.api.getProduct({ product: world.product.id })).statusCode).toBe(200);
  });

  it('of a client of the product reach the product and no further', async () => {
    const made = await world.owner.createOAuthClient({ name: 'My App', type: 'installed', product: world.product.slug });
    const { client } = made.body as unknown as { client: { id: string; secret: string } };
    const { body } = await new Particle({
      baseUrl: world.cloud.url,
      clientId: client.id,
      clientSecret: client.secret,
    }).loginAsClientOwner();
    const { access_token: auth } = body as unknown as { access_token: string };
    expect((await world.api.listDevices({ product: world.product.id, auth })).statusCode).toBe(200);
    await expect(world.api.listDevices({ auth })).rejects.toMatchObject({ statusCode: 403 });
    expect((await world.owner.listOAuthClients({ product: world.product.slug })).body).toMatchObject({
      clients: [{ name: 'My App', type: 'installed', id: client.id }],
    });
    await world.owner.deleteOAuthClient({ clientId: client.id, product: world.product.slug });
    await expect(world.api.listDevices({ product: world.product.id, auth })).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe('API users', () => {
  let world: ParticleWorld;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.stop());

  const team = async (method: string, path: string, body?: unknown) => {
    const answer = await world.owner.request({
      method: method as 'post',
      uri: `/v1/products/${world.product.id}/team${path}`,
      data: body as Record<string, unknown>,
    });
    return (
      answer as unknown as {
        body: { created?: { username: string; tokens: { token: string }[] }; updated?: { tokens: { token: string }[] } };
      }
    ).body;
  };

  it('of ingest-repo can change nothing but what registration and asks need', async () => {
    const device = await world.device();
    const at = { deviceId: device.particle_id, product: world.product.id };
    for (const forbidden of [
      world.api.removeDevice(at),
      world.api.removeDeviceOwner(at),
      world.api.publishEvent({ name: 'status', data: '{}', product: world.product.id }),
      world.api.archiveLedger({ ledgerName: 'settings' }),
    ])
      await expect(forbidden).rejects.toMatchObject({ statusCode: 400, body: { error: 'unauthorized' } });
  });

  it('may do what their scopes say', async () => {
    const { created } = await team('post', '', { friendly_name: 'lister', scopes: ['devices:list'] });
    expect(created).toMatchObject({ username: expect.stringMatching(/^lister\+[0-9a-f]{10}@api\.particle\.io$/), is_programmatic: true });
    const auth = created?.tokens[0]?.token ?? '';
    expect((await world.api.listDevices({ product: world.product.id, auth })).statusCode).toBe(200);
    const device = await world.device();
    await expect(
      world.api.callFunction({ deviceId: device.particle_id, name: 'live', product: world.product.id, auth }),
    ).rejects.toMatchObject({
      statusCode: 400,
      body: { error: 'unauthorized' },
    });
    await expect(world.api.listTeamMembers({ product: world.product.id, auth })).rejects.toMatchObject({
      statusCode: 400,
      body: { error: 'unauthorized', error_description: 'API users are not allowed to call this endpoint' },
    });
  });

  it('get a new token with new scopes, and are gone when they are removed', async () => {
    const { created } = await team('post', '', { friendly_name: 'one', scopes: ['devices:list'] });
    const before = created?.tokens[0]?.token ?? '';
    const { updated } = await team('put', `/${created?.username}`, { scopes: ['devices:list', 'devices:get'] });
    const after = updated?.tokens[0]?.token ?? '';
    await expect(world.api.listDevices({ product: world.product.id, auth: before })).rejects.toMatchObject({ statusCode: 401 });
    expect((await world.api.listDevices({ product: world.product.id, auth: after })).statusCode).toBe(200);
    await world.owner.removeTeamMember({ product: world.product.id, username: created?.username ?? '' });
    await expect(world.api.listDevices({ product: world.product.id, auth: after })).rejects.toMatchObject({ statusCode: 401 });
  });

  it('can not be given a scope that does not exist', async () => {
    await expect(team('post', '', { friendly_name: 'x', scopes: ['devices:fly'] })).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('scopes.0'),
    });
  });

  it('reach the product that they are of, and nobody else reaches it', async () => {
    await world.api.createUser({ username: 'stranger@x.example', password: 'longenough' });
    const { body } = await world.api.login({ username: 'stranger@x.example', password: 'longenough' });
    await expect(world.api.getProduct({ product: world.product.slug, auth: body.access_token })).rejects.toMatchObject({ statusCode: 403 });
    expect((await world.api.listProducts({ auth: body.access_token })).body).toEqual({ products: [] });
    await expect(world.api.getProduct({ product: 'no-such-product' })).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('pages of other places', () => {
  it('are refused by their Origin or the name under which they came', async () => {
    const world = await startWorld();
    const local = `${world.cloud.url}/_local/deliveries`;
    expect((await fetch(local)).status).toBe(200);
    expect((await fetch(local, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await fetch(local, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    await world.stop();
  });
});
