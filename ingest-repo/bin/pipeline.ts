import { serviceApp, setting } from '@enstratus/platform/cdk';
import { organizationOf, ServicePipeline } from '@enstratus/platform/pipeline';
import { z } from 'zod';
import { IngestStack } from '../cdk/ingest-stack.ts';

const app = serviceApp();
new ServicePipeline(app, 'EnstratusPipelineIngest', {
  organization: organizationOf(app),
  repo: 'ingest-repo',
  contents: (scope, deployment) => {
    const { webhookUrl } = new IngestStack(scope, 'EnstratusIngest', {
      ...deployment,
      receiveStatusReservedConcurrency: setting(scope, 'receiveStatusReservedConcurrency', z.coerce.number().int().min(1).optional()),
    });
    return { outputs: { WEBHOOK_URL: webhookUrl } };
  },
  smokeTest: new URL('../smoke/webhook.ts', import.meta.url),
  manifest: new URL('../package.json', import.meta.url),
});
app.synth();
