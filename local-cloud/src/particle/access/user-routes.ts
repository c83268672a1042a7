import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BORON } from '../documented.ts';
import { badRequest, notFound } from '../http/api-error.ts';
import { ok, type Route } from '../http/api-request.ts';
import { objectOrJson, read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { Account } from '../state/records.ts';
import type { Access } from './access.ts';
import { hashPassword } from './tokens.ts';

const newAccount = z.strictObject({
  username: z.email(),
  password: z.string().min(8),
  account_info: objectOrJson(z.record(z.string(), z.unknown())).optional(),
  utm: z.unknown().optional(),
});

export function createAccount(
  state: ParticleState,
  username: string,
  password: string,
  account_info: Account['account_info'] = {},
): Account {
  return state.accounts.put(username, {
    username,
    user_id: randomBytes(12).toString('hex'),
    password: hashPassword(password),
    account_info,
  });
}

/** The account itself (Cloud API reference, "User"). */
export function userRoutes(state: ParticleState, access: Access): Route[] {
  return [
    {
      method: 'POST',
      pattern: '/v1/users',
      handle: ({ body }) => {
        const { username, password, account_info } = read(newAccount, body);
        if (state.accounts.get(username) !== undefined) throw badRequest(`username: ${username} is taken`);
        createAccount(state, username, password, account_info);
        return ok();
      },
    },
    access.route('GET', '/v1/user', null, (_request, { username }) => {
      const account = state.accounts.get(username);
      if (account === undefined) throw notFound(`No account ${username}`);
      const devices = [...state.devices.values()].filter((device) => device.owner === username);
      const cellular_device_count = devices.filter((device) => device.platform_id === BORON).length;
      return ok({
        username,
        subscription_ids: [],
        account_info: account.account_info,
        mfa: { enabled: false },
        wifi_device_count: devices.length - cellular_device_count,
        cellular_device_count,
      });
    }),
  ];
}
