import { deployment, serviceApp } from '@enstratus/platform/cdk';
import { DocsStack } from '../cdk/docs-stack.ts';

const app = serviceApp();
new DocsStack(app, 'EnstratusDocs', deployment(app));
app.synth();
