import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf, ServicePipeline } from '@enstratus/platform/pipeline';
import { InfraStack } from '../cdk/infra-stack.ts';
import { siteDomain } from '../cdk/site-domain.ts';

const app = serviceApp();
new ServicePipeline(app, 'EnstratusPipelineInfra', {
  organization: organizationOf(app),
  repo: 'infra-repo',
  contents: (scope, deployment) => {
    const { issuer } = new InfraStack(scope, 'EnstratusInfra', { ...deployment, site: siteDomain(scope) });
    return { outputs: { ISSUER: issuer } };
  },
  smokeTest: new URL('../smoke/people.ts', import.meta.url),
  manifest: new URL('../package.json', import.meta.url),
  publishesPackages: true,
});
app.synth();
