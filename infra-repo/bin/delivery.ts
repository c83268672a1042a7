import { serviceApp } from '@enstratus/platform/cdk';
import { organizationOf } from '@enstratus/platform/pipeline';
import { DeliveryStack } from '../cdk/delivery/delivery-stack.ts';

const app = serviceApp();
new DeliveryStack(app, 'EnstratusDelivery', organizationOf(app));
app.synth();
