import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf, ServicePipeline } from '@enstratus/platform/pipeline';
import { AppsyncStack } from '../cdk/appsync-stack.ts';

const app = serviceApp();
new ServicePipeline(app, 'EnstratusPipelineAppsync', {
  organization: organizationOf(app),
  repo: 'appsync-lambda-repo',
  contents: (scope, deployment) => {
    const { graphqlUrl } = new AppsyncStack(scope, 'EnstratusAppsync', deployment);
    return { outputs: { GRAPHQL_URL: graphqlUrl } };
  },
  smokeTest: new URL('../smoke/graphql.ts', import.meta.url),
  manifest: new URL('../package.json', import.meta.url),
});
app.synth();
