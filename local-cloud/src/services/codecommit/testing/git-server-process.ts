import { Cloud } from '../../../kernel/cloud.ts';
import { administratorOf } from '../../../kernel/principal.ts';
import { listen } from '../../../kernel/server.ts';
import { State } from '../../../kernel/state.ts';
import { createIam } from '../../iam/iam-service.ts';
import { createCodeCommit } from '../codecommit-service.ts';

// CodeCommit in a process of its own, for tests that kill it. Arguments: the state's folder, and with `dies` that it ends when it should tell of a
// push. The endpoint is printed, then every event.
const [, , directory = '', dies] = process.argv;

const cloud = new Cloud({ state: new State(directory) });
for (const create of [createIam, createCodeCommit]) cloud.register(create(cloud));
cloud.onEvent(({ detail }) => {
  if (dies === 'dies') process.kill(process.pid, 'SIGKILL');
  console.log(JSON.stringify(detail));
});
const caller = { account: '111122223333', region: cloud.region, principal: administratorOf('111122223333') };
await cloud.call('codecommit', 'CreateRepository', { repositoryName: 'kept' }, caller).catch(() => undefined);
await listen(cloud, 0);
console.log(cloud.endpoint);
await cloud.start();
