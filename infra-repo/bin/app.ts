import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { InfraStack } from '../cdk/infra-stack.ts';
import { siteDomain } from '../cdk/site-domain.ts';

const app = serviceApp();
new InfraStack(app, 'EnstratusInfra', { ...deployment(app), site: siteDomain(app) });
app.synth();
