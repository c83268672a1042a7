import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const publication = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.looseObject({})),
  'dist-tags': z.record(z.string(), z.string()),
  _attachments: z.record(z.string(), z.object({ data: z.base64() })),
});

interface Kept {
  readonly versions: Record<string, Record<string, unknown>>;
  readonly tags: Record<string, string>;
  readonly files: Map<string, Buffer>;
}

/** An npm registry that keeps what is published to it as long as it runs: enough of one for `npm publish`, `npm pack` and `npm view`. */
export interface MemoryRegistry {
  readonly url: string;
  /** What was published, as `@enstratus/contract@0.1.0`. */
  readonly published: () => string[];
  readonly stop: () => Promise<void>;
}

/** Starts a registry on 127.0.0.1 and a free port ("registry API", npm docs). */
export async function memoryRegistry(): Promise<MemoryRegistry> {
  const packages = new Map<string, Kept>();
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => response.writeHead(status).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
    const [, scope = '', base = '', , file] = decodeURIComponent(request.url ?? '/').split('/');
    const name = `${scope}/${base}`;
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { versions, 'dist-tags': tags, _attachments } = publication.parse(JSON.parse(Buffer.concat(chunks).toString()));
      const kept: Kept = packages.get(name) ?? { versions: {}, tags: {}, files: new Map() };
      if (Object.keys(versions).some((version) => version in kept.versions)) return answer(409, { error: 'is there already' });
      packages.set(name, kept);
      for (const [attachment, { data }] of Object.entries(_attachments))
        kept.files.set(String(attachment.split('/').at(-1)), Buffer.from(data, 'base64'));
      for (const [version, manifest] of Object.entries(versions)) {
        const tarball = `${base}-${version}.tgz`;
        const bytes = kept.files.get(tarball) ?? Buffer.alloc(0);
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        kept.versions[version] = { ...manifest, dist: { tarball: `${url}/${name}/-/${tarball}`, integrity } };
      }
      Object.assign(kept.tags, tags);
      return answer(201, { ok: true });
    }
    const kept = packages.get(name);
    if (kept === undefined) return answer(404, { error: 'not found' });
    if (file === undefined) return answer(200, { name, versions: kept.versions, 'dist-tags': kept.tags });
    const bytes = kept.files.get(file);
    return bytes === undefined ? answer(404, { error: 'not found' }) : answer(200, bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    published: () => [...packages].flatMap(([name, { versions }]) => Object.keys(versions).map((version) => `${name}@${version}`)),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
