import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf, ServicePipeline } from '@enstratus/platform/pipeline';
import { DocsStack } from '../cdk/docs-stack.ts';

const app = serviceApp();
new ServicePipeline(app, 'EnstratusPipelineDocs', {
  organization: organizationOf(app),
  repo: 'docs',
  contents: (scope, deployment) => {
    const { siteUrl } = new DocsStack(scope, 'EnstratusDocs', deployment);
    return { outputs: { SITE_URL: siteUrl } };
  },
  smokeTest: new URL('../smoke/site.ts', import.meta.url),
  manifest: new URL('../package.json', import.meta.url),
});
app.synth();
