import { createConsole } from './console/console-service.ts';
import type { Cloud } from './kernel/cloud.ts';
import { createMetering } from './metering/metering-service.ts';
import { createAppSync } from './services/appsync/appsync-service.ts';
import { createCloudFormation } from './services/cloudformation/cloudformation-service.ts';
import { createCloudFront } from './services/cloudfront/cloudfront-service.ts';
import { createCloudWatch } from './services/cloudwatch/cloudwatch-service.ts';
import { createCodeArtifact } from './services/codeartifact/codeartifact-service.ts';
import { createCodeBuild } from './services/codebuild/codebuild-service.ts';
import { createCodeCommit } from './services/codecommit/codecommit-service.ts';
import { createCodeDeploy } from './services/codedeploy/codedeploy-service.ts';
import { createCodePipeline } from './services/codepipeline/codepipeline-service.ts';
import { createCognitoIdp } from './services/cognito-idp/cognito-idp-service.ts';
import { createDynamoDb } from './services/dynamodb/dynamodb-service.ts';
import { createEvents } from './services/events/events-service.ts';
import { createIam } from './services/iam/iam-service.ts';
import { createKms } from './services/kms/kms-service.ts';
import { createLambda } from './services/lambda/lambda-service.ts';
import { createLogs } from './services/logs/logs-service.ts';
import { createMail } from './services/mail/mail-service.ts';
import { createS3 } from './services/s3/s3-service.ts';
import { createSns } from './services/sns/sns-service.ts';
import { createSqs } from './services/sqs/sqs-service.ts';
import { createSsm } from './services/ssm/ssm-service.ts';
import { createSts } from './services/sts/sts-service.ts';
import { createTimings } from './services/timings/timings-service.ts';
import { createXray } from './services/xray/xray-service.ts';
import { createTracing } from './tracing/tracing-service.ts';

/** Registers every service; AppSync, EventBridge, Lambda and SNS last, so that they stop before what they call. */
export function registerServices(cloud: Cloud): void {
  for (const create of [
    createTimings,
    createTracing,
    createMetering,
    createConsole,
    createIam,
    createSts,
    createSsm,
    createKms,
    createS3,
    createCodeArtifact,
    createCodeCommit,
    createCloudFront,
    createDynamoDb,
    createLogs,
    createSqs,
    createMail,
    createCognitoIdp,
    createXray,
    createSns,
    createLambda,
    createCloudWatch,
    createCodeBuild,
    createCodeDeploy,
    createEvents,
    createAppSync,
    createCloudFormation,
    createCodePipeline,
  ]) {
    cloud.register(create(cloud));
  }
}
