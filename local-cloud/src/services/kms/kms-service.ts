import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { aliasOperations } from './alias-operations.ts';
import { cryptographicOperations } from './cryptographic-operations.ts';
import { keyOperations } from './key-operations.ts';
import { kmsResourceTypes } from './kms-resource-types.ts';

/** AWS Key Management Service: symmetric keys with their policies, aliases, and what S3 needs of them. */
export function createKms(_cloud: Cloud): Service {
  return {
    name: 'kms',
    protocol: { kind: 'json', version: '1.1', target: 'TrentService' },
    operations: { ...keyOperations(), ...aliasOperations(), ...cryptographicOperations() },
    resourceTypes: kmsResourceTypes,
  };
}
