import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { DashboardStack } from '../cdk/dashboard-stack.ts';

const app = serviceApp();
new DashboardStack(app, 'EnstratusDashboard', deployment(app));
app.synth();
