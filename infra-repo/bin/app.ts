import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { InfraStack } from '../cdk/infra-stack.ts';

const app = serviceApp();
new InfraStack(app, 'EnstratusInfra', deployment(app));
app.synth();
