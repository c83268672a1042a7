import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ParticleApi } from './particle-api.ts';
import { passes } from './particle-error.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: FormData | unknown;
}

const access = { access_token: 'secret-token', product: 'pumps', platform_id: 13, device_os: '6.3.0' };
/** What Particle is asked, and what the test lets it answer. */
let server: Server;
let particle: ParticleApi;
let asked: Asked[];
let answer: (asked: Asked) => { status?: number; body?: unknown; bytes?: Uint8Array };

async function bodyOf(incoming: IncomingMessage): Promise<FormData | unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const type = incoming.headers['content-type'] ?? '';
  if (type.startsWith('multipart/')) return new Response(bytes, { headers: { 'content-type': type } }).formData();
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
}

beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const one = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      token: incoming.headers.authorization,
      body: await bodyOf(incoming),
    };
    asked.push(one);
    const { status = 200, body, bytes } = answer(one);
    outgoing.writeHead(status).end(bytes ?? JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  particle = new ParticleApi(
    { ...access, api_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    { patience_ms: 1, pause_ms: 1 },
  );
});
beforeEach(() => {
  asked = [];
});
afterAll(() => server.close());

describe("Particle's API", () => {
  it('is asked for all devices of a group, page by page', async () => {
    const last_heard = '2026-11-22T10:00:00.000Z';
    const device = (id: string) => ({
      id,
      online: true,
      development: false,
      firmware_version: null,
      last_heard,
      name: 'more than is read',
    });
    answer = ({ url }) => ({ body: { devices: [device(url.includes('page=2') ? 'b' : 'a')], meta: { total_pages: 2 } } });
    const devices = await particle.devicesOf('dev');
    expect(devices.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(devices[0]?.last_heard).toEqual(new Date(last_heard));
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/products/pumps/devices?groups=dev&page=1&perPage=100&sortAttr=deviceId&sortDir=asc',
      '/v1/products/pumps/devices?groups=dev&page=2&perPage=100&sortAttr=deviceId&sortDir=asc',
    ]);
    expect(asked[0]?.token).toBe('Bearer secret-token');
  });

  it('compiles a project by its paths, and hands over the binary', async () => {
    answer = ({ method }) => (method === 'POST' ? { body: { ok: true, binary_url: '/v1/binaries/1' } } : { bytes: Uint8Array.of(1, 2, 3) });
    const made = await particle.compile(
      new Map([
        ['project.properties', 'name=x'],
        ['src/main.cpp', 'PRODUCT_VERSION(1);'],
      ]),
    );
    expect([...made]).toEqual([1, 2, 3]);
    const form = asked[0]?.body as FormData;
    expect([form.get('platform_id'), form.get('build_target_version')]).toEqual(['13', '6.3.0']);
    expect([(form.get('file') as File).name, (form.get('file1') as File).name]).toEqual(['project.properties', 'src/main.cpp']);
    expect(asked[1]).toMatchObject({ method: 'GET', url: '/v1/binaries/1' });
  });

  it("rejects with the compiler's words, which come with HTTP 200", async () => {
    answer = () => ({ body: { ok: false, output: 'Compiler timed out or encountered an error', errors: ['main.cpp:1:1: error: no'] } });
    await expect(particle.compile(new Map([['src/main.cpp', 'x']]))).rejects.toThrow(
      'The firmware does not compile:\nmain.cpp:1:1: error: no',
    );
  });

  it('uploads, releases, locks and unlocks as it documents', async () => {
    answer = () => ({ body: {} });
    await particle.upload({ version: 2, title: 'Two', description: 'sources', binary: Uint8Array.of(9) });
    await particle.release({ version: 2, groups: ['dev', 'test'], product_default: true });
    await particle.lock('a', 2);
    await particle.lock('a', null);
    const form = asked[0]?.body as FormData;
    expect(['version', 'title', 'description'].map((name) => form.get(name))).toEqual(['2', 'Two', 'sources']);
    expect(asked.slice(1).map(({ method, url, body }) => [method, url, body])).toEqual([
      ['PUT', '/v1/products/pumps/firmware/release', { version: 2, product_default: true, groups: ['dev', 'test'], intelligent: true }],
      ['PUT', '/v1/products/pumps/devices/a', { desired_firmware_version: 2, flash: true }],
      ['PUT', '/v1/products/pumps/devices/a', { desired_firmware_version: null }],
    ]);
  });

  it('is not silently believed: what it refuses and what has another shape rejects, without the token', async () => {
    answer = () => ({ status: 400, body: { error: 'unauthorized' } });
    await expect(particle.firmware()).rejects.toThrow('Particle answers 400 to GET /v1/products/pumps/firmware: {"error":"unauthorized"}');
    const error = await particle
      .release({ version: 2, groups: ['dev'], product_default: false })
      .catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain('Particle answers 400 to PUT');
    expect(String(error)).not.toContain('secret-token');
    answer = () => ({ body: [{ version: 'two' }] });
    await expect(particle.firmware()).rejects.toThrow(/version/);
  });

  it('reads what a device says of its firmware, and knows a device that says nothing of it', async () => {
    const result = (text: string) => () => ({ body: { name: 'update', result: text, coreInfo: {} } });
    answer = result('{"version":2,"confirmed":true,"late":false}');
    expect(await particle.update('a')).toEqual({ version: 2, confirmed: true, late: false });
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/v1/products/pumps/devices/a/update' });
    answer = result('');
    expect(await particle.update('a')).toBeUndefined();
    for (const status of [404, 408]) {
      answer = () => ({ status, body: { ok: false, error: 'Timed out.' } });
      expect(await particle.update('a')).toBeUndefined();
    }
    answer = () => ({ status: 403, body: { error: 'insufficient_scope' } });
    await expect(particle.update('a')).rejects.toMatchObject({ passes: false });
  });

  it('says which failures may pass', async () => {
    const passing = async (ask: () => Promise<unknown>) => passes(await ask().catch((thrown: unknown) => thrown));
    const release = () => particle.release({ version: 2, groups: ['dev'], product_default: false });
    for (const [status, isPassing] of [
      [429, true],
      [502, true],
      [400, false],
      [401, false],
    ] as const) {
      answer = () => ({ status, body: {} });
      for (const ask of [() => particle.firmware(), () => particle.devicesOf('dev'), () => particle.update('a'), release])
        expect([status, await passing(ask)]).toEqual([status, isPassing]);
    }
    answer = () => ({ bytes: Buffer.from('<html>') });
    for (const ask of [() => particle.firmware(), () => particle.update('a'), release]) expect(await passing(ask)).toBe(true);
    const nobody = new ParticleApi({ ...access, api_url: 'http://127.0.0.1:1' }, { patience_ms: 1, pause_ms: 1 });
    for (const ask of [() => nobody.firmware(), () => nobody.update('a'), () => nobody.lock('a', null)])
      expect(await passing(ask)).toBe(true);
  });
});
