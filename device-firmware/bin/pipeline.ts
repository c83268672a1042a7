import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf } from '@enstratus/platform/pipeline';
import { firmwarePipeline } from '../cdk/firmware-pipeline.ts';

const app = serviceApp();
firmwarePipeline(app, organizationOf(app));
app.synth();
