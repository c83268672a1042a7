import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import type { ApiRequest } from '../http/api-request.ts';
import { read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord, Product } from '../state/records.ts';

const fields = z.strictObject({
  id: z.string().optional(),
  ids: z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]).optional(),
  import_method: z.enum(['one', 'many']).optional(),
  claim_user: z.string().optional(),
});

/**
 * Puts devices into a product (Cloud API reference, "Import devices into product"): by `id`, `ids`, or a file with one id a line. What
 * is not imported is named: `invalidDeviceIds` are no devices or of another platform, `nonmemberDeviceIds` somebody else's.
 */
export function importDevices(state: ParticleState, product: Product, request: ApiRequest) {
  const { id, ids, claim_user } = read(fields, {
    ...request.body,
    ...(request.query['claim_user'] === undefined ? {} : { claim_user: request.query['claim_user'] }),
  });
  if (claim_user !== undefined && claim_user !== product.owner)
    throw badRequest(`claim_user: ${claim_user} is not in the team of the product`);
  const asked = [...(id === undefined ? [] : [id]), ...(ids ?? []), ...request.files.flatMap(({ text }) => text.split(/[\s,]+/))]
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');
  if (asked.length === 0) throw badRequest('id: no device id was given');
  const result = {
    updatedDeviceIds: [] as string[],
    existingDeviceIds: [] as string[],
    nonmemberDeviceIds: [] as string[],
    invalidDeviceIds: [] as string[],
  };
  state.together(() => {
    for (const one of new Set(asked)) {
      const record = state.devices.get(one);
      if (record === undefined || record.platform_id !== product.platform_id) result.invalidDeviceIds.push(one);
      else if (belongsElsewhere(record, product)) result.nonmemberDeviceIds.push(one);
      else {
        (record.product_id === product.id ? result.existingDeviceIds : result.updatedDeviceIds).push(one);
        record.product_id = product.id;
        if (claim_user !== undefined) record.owner = claim_user;
        state.devices.put(one, record);
      }
    }
  });
  return { updated: result.updatedDeviceIds.length, ...result };
}

function belongsElsewhere({ owner, product_id }: DeviceRecord, product: Product): boolean {
  return (owner !== null && owner !== product.owner) || (product_id !== null && product_id !== product.id);
}
