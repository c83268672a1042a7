import { deployment, serviceApp, setting } from '@enstratus/platform/cdk';
import { z } from 'zod';
import { IngestStack } from '../cdk/ingest-stack.ts';

const app = serviceApp();
new IngestStack(app, 'EnstratusIngest', {
  ...deployment(app),
  receiveStatusReservedConcurrency: setting(app, 'receiveStatusReservedConcurrency', z.coerce.number().int().min(1).optional()),
});
app.synth();
