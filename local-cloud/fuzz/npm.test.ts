import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer } from './answer-verdict.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { npmMessages, npmPath } from './npm-messages.ts';

const publication = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.unknown()),
  'dist-tags': z.record(z.string(), z.string()).default({}),
  _attachments: z.record(z.string(), z.object({ data: z.string() })),
});
const whole = z.object({
  'dist-tags': z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.object({ dist: z.object({ tarball: z.string(), shasum: z.string() }) })),
});

describe("CodeArtifact's npm endpoint, whatever it is sent", () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  const get = async (url: string): Promise<Response> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${furnished.furniture.npmToken}` } });
    expect(answer.status).toBe(200);
    return answer;
  };

  /** Every version and tag of a publication that was taken is in the package's document, its tarball byte for byte where this says. */
  const isPublished = async (path: string, body: string): Promise<boolean> => {
    const sent = publication.parse(JSON.parse(Buffer.from(body, 'latin1').toString('utf8')));
    const found = whole.parse(await (await get(`${furnished.cloud.endpoint}${path}`)).json());
    expect(found['dist-tags']).toMatchObject(sent['dist-tags']);
    for (const [file, { data }] of Object.entries(sent._attachments)) {
      const version = Object.keys(sent.versions).find((one) => file === `${sent.name}-${one}.tgz`) ?? '';
      const dist = found.versions[version]?.dist;
      const tarball = Buffer.from(await (await get(dist?.tarball ?? '')).arrayBuffer());
      expect(tarball.equals(Buffer.from(data, 'base64'))).toBe(true);
      expect(dist?.shasum).toBe(createHash('sha1').update(tarball).digest('hex'));
    }
    return true;
  };

  const isKept = async (method: string, path: string, body: string, { status }: Answer): Promise<boolean> => {
    const [, name, tag] = /\/-\/package\/([^/]+)\/dist-tags\/([\w.]+)$/.exec(path) ?? [];
    if (status !== 200 || !path.startsWith(npmPath())) return false;
    if (name !== undefined && tag !== undefined && ['PUT', 'POST', 'DELETE'].includes(method)) {
      const tags = (await (await get(`${furnished.cloud.endpoint}${npmPath()}-/package/${name}/dist-tags`)).json()) as Record<
        string,
        string
      >;
      expect(Object.hasOwn(tags, tag) ? tags[tag] : undefined).toBe(method === 'DELETE' ? undefined : body.replaceAll('"', ''));
      return true;
    }
    return method === 'PUT' && !path.includes('/-/') && isPublished(path, body);
  };

  it('npm', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, {
      border: 'npm codeartifact',
      shortRuns: 300,
      inputs: npmMessages(furnished.furniture.npmToken),
      write: (message) => message,
      confirm: ({ method, path, body }, answer) => isKept(method, path, body, answer),
    });
  });
});
