import { Cloud } from '../../kernel/cloud.ts';
import { listen } from '../../kernel/server.ts';
import { State } from '../../kernel/state.ts';
import { createIam } from '../iam/iam-service.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createSsm } from '../ssm/ssm-service.ts';
import { createCodeBuild } from './codebuild-service.ts';

// Builds in a process of their own, one at a time, for the test that kills it. Argument: the state's folder. The endpoint is printed.
const [, , directory = ''] = process.argv;
const cloud = new Cloud({ state: new State(directory) });
for (const create of [createIam, createS3, createLogs, createSsm]) cloud.register(create(cloud));
cloud.register(createCodeBuild(cloud, { atOnce: 1, hasRoom: () => false }));
await listen(cloud, 0);
await cloud.start();
console.log(cloud.endpoint);
