import type { Cloud } from '../../kernel/cloud.ts';
import { metered } from '../../metering/metered-operations.ts';
import type { StoringService } from '../../metering/stored-bytes.ts';
import { artifactsOf } from './artifact-store.ts';
import { codeartifactProtocol } from './codeartifact-protocol.ts';
import { codeartifactResourceTypes } from './codeartifact-resource-types.ts';
import { domainOperations } from './domain-operations.ts';
import { npmRegistry } from './npm-registry.ts';
import { packageOperations } from './package-operations.ts';
import { repositoryOperations } from './repository-operations.ts';

/** AWS CodeArtifact: npm packages of one's own. Requests and what is stored are billed (AWS CodeArtifact Pricing). */
export function createCodeArtifact(cloud: Cloud): StoringService {
  return {
    name: 'codeartifact',
    protocol: codeartifactProtocol,
    operations: metered(
      { ...domainOperations(cloud), ...repositoryOperations(cloud), ...packageOperations(cloud) },
      (_operation, input, _output, context) => context.meter({ requests: 1 }, (input as { domain?: string }).domain),
    ),
    resourceTypes: codeartifactResourceTypes,
    openPaths: [npmRegistry(cloud)],
    storedBytes: () =>
      cloud.state.scopesOf('codeartifact').flatMap((scope) => {
        const store = artifactsOf(cloud, scope);
        return store.domains
          .list()
          .map(({ name }) => ({ ...scope, service: 'codeartifact', resource: name, ...store.packages.stored(name) }));
      }),
  };
}
