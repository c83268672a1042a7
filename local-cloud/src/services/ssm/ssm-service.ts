import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { metered } from '../../metering/metered-operations.ts';
import { meterDecryptions } from './decryption-units.ts';
import { type Parameters, parameterOperations } from './parameter-operations.ts';
import { parameterSearchOperations } from './parameter-search-operations.ts';
import { ParameterStore } from './parameter-store.ts';
import { SecretCipher } from './secret-cipher.ts';
import { ssmResourceTypes } from './ssm-resource-types.ts';

/** AWS Systems Manager, of which only Parameter Store is carried out. */
export function createSsm(cloud: Cloud): Service {
  const parametersOf: Parameters = perScope((scope) => ({
    parameters: new ParameterStore(cloud.state.database(scope, 'ssm')),
    cipher: new SecretCipher(cloud.state.directory(scope, 'ssm')),
  }));
  return {
    name: 'ssm',
    protocol: { kind: 'json', version: '1.1', target: 'AmazonSSM' },
    operations: metered({ ...parameterOperations(parametersOf), ...parameterSearchOperations(parametersOf) }, meterDecryptions),
    resourceTypes: ssmResourceTypes,
  };
}
