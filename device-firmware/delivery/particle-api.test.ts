import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ParticleApi } from './particle-api.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly body: FormData | unknown;
}

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
  particle = new ParticleApi({
    api_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    access_token: 'secret-token',
    product: 'pumps',
    platform_id: 13,
    device_os: '6.3.0',
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(() => server.close());

describe("Particle's API", () => {
  it('is asked for all devices of a group, page by page', async () => {
    const device = (id: string) => ({ id, online: true, development: false, firmware_version: null, name: 'more than is read' });
    answer = ({ url }) => ({ body: { devices: [device(url.includes('page=2') ? 'b' : 'a')], meta: { total_pages: 2 } } });
    expect((await particle.devicesOf('dev')).map(({ id }) => id)).toEqual(['a', 'b']);
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
    await particle.release(2, ['dev', 'test']);
    await particle.lock('a', 2);
    await particle.lock('a', null);
    const form = asked[0]?.body as FormData;
    expect(['version', 'title', 'description'].map((name) => form.get(name))).toEqual(['2', 'Two', 'sources']);
    expect(asked.slice(1).map(({ method, url, body }) => [method, url, body])).toEqual([
      ['PUT', '/v1/products/pumps/firmware/release', { version: 2, product_default: false, groups: ['dev', 'test'], intelligent: true }],
      ['PUT', '/v1/products/pumps/devices/a', { desired_firmware_version: 2, flash: true }],
      ['PUT', '/v1/products/pumps/devices/a', { desired_firmware_version: null }],
    ]);
  });

  it('is not silently believed: what it refuses and what has another shape rejects, without the token', async () => {
    answer = () => ({ status: 400, body: { error: 'unauthorized' } });
    await expect(particle.firmware()).rejects.toThrow('Particle answers 400 to GET /v1/products/pumps/firmware: {"error":"unauthorized"}');
    const error = await particle.release(2, ['dev']).catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain('Particle answers 400 to PUT');
    expect(String(error)).not.toContain('secret-token');
    answer = () => ({ body: [{ version: 'two' }] });
    await expect(particle.firmware()).rejects.toThrow(/version/);
  });
});
