import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { BINARY_LIFE_MS } from '../chosen.ts';
import type { Clock } from '../clock.ts';
import { BORON } from '../documented.ts';
import { badRequest, notFound } from '../http/api-error.ts';
import { ok, type Route } from '../http/api-request.ts';
import { count, flag, read, textual } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { Compiler } from './compiler.ts';

/** The declarations that a project is checked against are those of this Device OS and newer ones. */
const OLDEST_DEVICE_OS = [6, 3, 0] as const;

const asked = z.strictObject({
  platform_id: count,
  product_id: textual.optional(),
  build_target_version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must be a version of Device OS')
    .default('6.3.0'),
  latest: flag.optional(),
});

/** Particle's cloud compiler (Cloud API reference, "Compile source code"), for what the fleet here can run. */
export function compileRoutes(state: ParticleState, access: Access, compiler: Compiler, clock: Clock): Route[] {
  return [
    // Which scope an API user needs stands in no public source.
    access.route('POST', '/v1/binaries', 'firmware:create', async ({ body, files }) => {
      const { platform_id, build_target_version } = read(asked, body);
      if (platform_id !== BORON) throw badRequest(`platform_id: only ${BORON}, the Boron, is compiled for`);
      if (isOlder(build_target_version))
        throw badRequest(`build_target_version: nothing older than ${OLDEST_DEVICE_OS.join('.')} is there`);
      if (files.length === 0) throw badRequest('file: no source was given');
      const made = await compiler.compile(new Map(files.map(({ filename, text }) => [filename, text])));
      if ('errors' in made)
        // With HTTP 200, as particle-cli reads it.
        return ok({
          ok: false,
          code: 200,
          output: 'Compiler timed out or encountered an error',
          stdout: '',
          errors: [made.errors],
        });
      const now = clock.now();
      for (const { id, expires_at } of [...state.compiled.values()]) if (expires_at <= now) state.compiled.delete(id);
      const id = randomBytes(12).toString('hex');
      const expires_at = now + BINARY_LIFE_MS;
      state.compiled.put(id, { id, binary: Buffer.from(made.binary).toString('base64'), expires_at });
      return ok({
        ok: true,
        binary_id: id,
        binary_url: `/v1/binaries/${id}`,
        build_target_version,
        expires_at: new Date(expires_at).toISOString(),
        sizeInfo: `${made.binary.length} bytes of WebAssembly`,
      });
    }),
    access.route('GET', '/v1/binaries/:id', 'firmware:create', ({ params }) => {
      const found = state.compiled.get(params['id'] ?? '');
      if (found === undefined || found.expires_at <= clock.now()) throw notFound(`Binary ${params['id']} not found`);
      return { status: 200, raw: Buffer.from(found.binary, 'base64') };
    }),
  ];
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST_DEVICE_OS.entries()) {
    const difference = (parts[index] ?? 0) - oldest;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
