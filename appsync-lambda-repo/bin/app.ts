import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { AppsyncStack } from '../cdk/appsync-stack.ts';

const app = serviceApp();
new AppsyncStack(app, 'EnstratusAppsync', deployment(app));
app.synth();
