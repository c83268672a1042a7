import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';
import { notFound } from '../api/api-error.ts';
import type { Look } from '../api/route.ts';

/** Where pipelines or builds are. */
export type DeliveryService = 'codepipeline' | 'codebuild';

/** As the administrator of each account and region in which the service holds something. */
export function looksInto(cloud: Cloud, service: DeliveryService): Look[] {
  if (cloud.service(service) === undefined) return [];
  return cloud.state.scopesOf(service).map((scope) => lookAs(cloud, scope));
}

/** As the administrator of the account that an address names. Throws 404 for one in which the service holds nothing: nothing that is asked for makes a folder of the state. */
export function lookInto(cloud: Cloud, service: DeliveryService, params: Readonly<Record<string, string>>): Look {
  const { account = '', region = '' } = params;
  const found = looksInto(cloud, service).find(({ caller }) => caller.account === account && caller.region === region);
  if (found === undefined) throw notFound(`Account ${account} in ${region}`);
  return found;
}

function lookAs(cloud: Cloud, { account, region }: Scope): Look {
  const caller = { principal: administratorOf(account), account, region };
  return { cloud, caller, call: (service, operation, input = {}) => cloud.call(service, operation, input, caller) };
}
