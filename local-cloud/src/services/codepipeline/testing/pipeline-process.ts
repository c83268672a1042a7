import { Cloud } from '../../../kernel/cloud.ts';
import { listen } from '../../../kernel/server.ts';
import { State } from '../../../kernel/state.ts';
import { Things } from '../../../testing/fake-resources.ts';
import { createCloudFormation } from '../../cloudformation/cloudformation-service.ts';
import { createIam } from '../../iam/iam-service.ts';
import { createKms } from '../../kms/kms-service.ts';
import { createS3 } from '../../s3/s3-service.ts';
import { createSts } from '../../sts/sts-service.ts';
import { createCodePipeline } from '../codepipeline-service.ts';
import { FakePartners } from './fake-partners.ts';

// A pipeline in a process of its own, for the test that kills it. Argument: the state's folder. Each synth answers another size, so that every
// deployment changes something; builds are forgotten with the process. The endpoint is printed.
const [, , directory = ''] = process.argv;
const fakes = new FakePartners('us-east-2');
fakes.commit('c1', {});
fakes.scripts.set('synth', () => {
  const Properties = { Name: 'shop-thing', Size: Math.floor(Math.random() * 1e9) };
  const thing = (Name: string, DependsOn: string[]) => ({ Type: 'Test::Things::Thing', DependsOn, Properties: { ...Properties, Name } });
  const Resources = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`Thing${index}`, thing(`thing-${index}`, index === 0 ? [] : [`Thing${index - 1}`])]),
  );
  return { outputs: { Synth_Output: { 'assembly-Dev/Shop.template.json': JSON.stringify({ Resources }) } } };
});
const cloud = new Cloud({ state: new State(directory) });
for (const create of [createIam, createSts, createS3, createKms, new Things().create, ...fakes.services, createCloudFormation]) {
  cloud.register(create(cloud));
}
cloud.register(createCodePipeline(cloud, fakes.partners));
await listen(cloud, 0);
await cloud.start();
console.log(cloud.endpoint);
