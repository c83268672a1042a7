import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { IngestStack } from '../cdk/ingest-stack.ts';

const app = serviceApp();
new IngestStack(app, 'EnstratusIngest', deployment(app));
app.synth();
