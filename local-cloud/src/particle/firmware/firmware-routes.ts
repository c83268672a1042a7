import { randomBytes } from 'node:crypto';
import { type FirmwareSection, firmwareSectionOf } from '@enstratus/device-firmware/compiler';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { GROUP_NAME, MAX_PRODUCT_VERSION } from '../documented.ts';
import { ApiError, badRequest, notFound } from '../http/api-error.ts';
import { type ApiRequest, ok, type Route } from '../http/api-request.ts';
import { count, flag, read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { Product, ProductFirmware } from '../state/records.ts';
import type { FirmwareUpdates } from './firmware-updates.ts';
import { firmwareOf } from './targets.ts';

const version = count.pipe(z.number().min(1).max(MAX_PRODUCT_VERSION));
const uploaded = z.strictObject({
  version,
  title: z.string().min(1),
  description: z.string().default(''),
  // Enterprise's alone.
  mandatory: flag.default(false).pipe(z.literal(false)),
});
const edited = z.strictObject({ title: z.string().min(1).optional(), description: z.string().optional() });
const groups = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((group) => group !== ''))])
  .pipe(z.array(z.string().regex(GROUP_NAME)));
const released = z.strictObject({
  version,
  product_default: flag.default(false),
  groups: groups.default([]),
  intelligent: flag.default(false),
});

/** Firmware of products (Cloud API reference, "Product firmware"). */
export function firmwareRoutes(state: ParticleState, access: Access, updates: FirmwareUpdates, clock: Clock): Route[] {
  const base = '/v1/products/:product/firmware';
  const shown = (firmware: ProductFirmware) => shownOf(state, firmware);
  const found = ({ params }: ApiRequest, identity: Identity): ProductFirmware => {
    const product = access.product(identity, params['product'] ?? '');
    const firmware = state.firmware.get(`${product.id}/${params['version']}`);
    if (firmware === undefined) throw notFound(`Firmware version ${params['version']} not found in product ${product.id}`);
    return firmware;
  };
  return [
    access.route('GET', base, 'firmware:list', ({ params }, identity) =>
      ok(firmwareOf(state, access.product(identity, params['product'] ?? '').id).map(shown)),
    ),
    access.route('POST', base, 'firmware:create', async (request, identity) =>
      ok(shown(await upload(state, access.product(identity, request.params['product'] ?? ''), request, identity.username, clock.now()))),
    ),
    access.route('PUT', `${base}/release`, 'firmware:release', ({ params, body }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const firmware = release(state, product, read(released, body));
      if (firmware.intelligent) updates.releaseNow(product.id);
      return ok(shown(firmware));
    }),
    access.route('GET', `${base}/:version`, 'firmware:get', (request, identity) => ok(shown(found(request, identity)))),
    access.route('GET', `${base}/:version/binary`, 'firmware.binary:get', (request, identity) => ({
      status: 200,
      raw: Buffer.from(found(request, identity).binary, 'base64'),
    })),
    access.route('PUT', `${base}/:version`, 'firmware:update', (request, identity) => {
      const before = found(request, identity);
      const { title = before.title, description = before.description } = read(edited, request.body);
      return ok(shown(state.firmware.put(keyOf(before), { ...before, title, description })));
    }),
    access.route('DELETE', `${base}/:version`, 'firmware:remove', (request, identity) => {
      const firmware = found(request, identity);
      if (firmware.released) throw badRequest(`version: firmware ${firmware.version} was released`);
      state.firmware.delete(keyOf(firmware));
      return { status: 204 };
    }),
  ];
}

const keyOf = ({ product_id, version }: Pick<ProductFirmware, 'product_id' | 'version'>): string => `${product_id}/${version}`;

async function upload(
  state: ParticleState,
  product: Product,
  { body, files }: ApiRequest,
  uploaded_by: string,
  now: number,
): Promise<ProductFirmware> {
  const { mandatory: _, ...fields } = read(uploaded, body);
  const [file] = files;
  if (file === undefined || files.length > 1) throw badRequest('file: one binary must be uploaded');
  const section = await sectionOf(file.bytes);
  if (section.product_version !== fields.version)
    throw badRequest(`version: the binary says that it is version ${section.product_version}, not ${fields.version}`);
  const key = keyOf({ product_id: product.id, version: fields.version });
  if (state.firmware.get(key) !== undefined)
    throw new ApiError(409, {
      ok: false,
      error: 'conflict',
      error_description: `Firmware version ${fields.version} is there already`,
    });
  return state.firmware.put(key, {
    id: randomBytes(12).toString('hex'),
    product_id: product.id,
    ...fields,
    name: file.filename,
    size: file.bytes.length,
    uploaded_at: now,
    uploaded_by,
    product_default: false,
    groups: [],
    released: false,
    intelligent: false,
    binary: Buffer.from(file.bytes).toString('base64'),
  });
}

async function sectionOf(bytes: Uint8Array): Promise<FirmwareSection> {
  const section = await firmwareSectionOf(bytes).catch(() => undefined);
  if (section === undefined) throw badRequest('file: this is no firmware that POST /v1/binaries of this cloud has made');
  return section;
}

/** A group has one release, and so has the product: that of a newer call takes it from the version before. */
function release(state: ParticleState, product: Product, { version, ...asked }: z.output<typeof released>): ProductFirmware {
  const before = state.firmware.get(keyOf({ product_id: product.id, version }));
  if (before === undefined) throw notFound(`Firmware version ${version} not found in product ${product.id}`);
  if (!asked.product_default && asked.groups.length === 0) throw badRequest('groups: a release needs groups, or product_default');
  const runs = [...state.devices.values()].some((device) => device.product_id === product.id && device.firmware_version === version);
  if (!before.released && !runs)
    throw badRequest(`version: firmware ${version} must run on one device of the product before it is released`);
  return state.together(() => {
    for (const other of firmwareOf(state, product.id)) {
      const left = {
        groups: other.groups.filter((group) => !asked.groups.includes(group)),
        product_default: other.product_default && !asked.product_default,
      };
      if (other.version !== version) state.firmware.put(keyOf(other), { ...other, ...left });
    }
    return state.firmware.put(keyOf(before), { ...before, ...asked, released: true });
  });
}

function shownOf(state: ParticleState, firmware: ProductFirmware) {
  const { id, version, title, description, name, size, product_default, product_id, groups, uploaded_at, uploaded_by, intelligent } =
    firmware;
  const device_count = [...state.devices.values()].filter(
    (device) => device.product_id === product_id && device.firmware_version === version,
  ).length;
  return {
    _id: id,
    version,
    title,
    description,
    name,
    size,
    product_default,
    uploaded_on: new Date(uploaded_at).toISOString(),
    product_id,
    mandatory: false,
    intelligent,
    uploaded_by: { username: uploaded_by },
    groups,
    device_count,
  };
}
