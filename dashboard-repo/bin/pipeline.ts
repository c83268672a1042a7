import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf, ServicePipeline } from '@enstratus/platform/pipeline';
import { DashboardStack } from '../cdk/dashboard-stack.ts';

const app = serviceApp();
new ServicePipeline(app, 'EnstratusPipelineDashboard', {
  organization: organizationOf(app),
  repo: 'dashboard-repo',
  contents: (scope, deployment) => {
    const { siteUrl } = new DashboardStack(scope, 'EnstratusDashboard', deployment);
    return { outputs: { SITE_URL: siteUrl } };
  },
  smokeTest: new URL('../smoke/site.ts', import.meta.url),
  manifest: new URL('../package.json', import.meta.url),
});
app.synth();
