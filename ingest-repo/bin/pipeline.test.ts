import { type SynthesizedPipeline, synthesizedPipeline } from '@enstratus/platform/delivery';
import { beforeAll, describe, expect, it } from 'vitest';

/** The pipeline of this repo, synthesized as its own build does. What all pipelines share is tested with the construct, in the platform package. */
let pipeline: SynthesizedPipeline;
beforeAll(async () => {
  pipeline = await synthesizedPipeline(new URL('pipeline.ts', import.meta.url));
}, 180_000);

describe('the pipeline of ingest-repo', () => {
  it('goes through its stages in this order, and somebody decides before TEST and before PROD', () => {
    expect(pipeline.mode).toBe('V2 SUPERSEDED');
    expect(pipeline.stages).toEqual([
      'Source: ingest-repo',
      'Build: Synth',
      'UpdatePipeline: SelfMutate',
      'Assets: FileAssets',
      'Dev: DevChanges, EnstratusIngest.Prepare, EnstratusIngest.Deploy, DevSmokeTest, DevOvertake',
      'ApproveTest: TestChanges, ApproveTest?',
      'Test: EnstratusIngest.Prepare, EnstratusIngest.Deploy, TestSmokeTest, TestOvertake',
      'ApproveProd: ProdChanges, ApproveProd?',
      'Prod: EnstratusIngest.Prepare, EnstratusIngest.Deploy, ProdSmokeTest',
    ]);
    expect(pipeline.goBack).toEqual(['Dev', 'Test', 'Prod']);
  });

  it("pins the versions of CDK's tools", () => {
    expect(pipeline.tools).toEqual(['aws-cdk@2.1148.1', 'cdk-assets@4.7.3']);
  });

  it('has rights on everything only where AWS knows no resource, or CDK Pipelines grants them so', () => {
    expect(pipeline.onEverything).toEqual([
      'cloudformation:DescribeStacks',
      'codebuild:BatchGetBuilds',
      'codebuild:StartBuild',
      'codebuild:StopBuild',
      's3:ListBucket',
    ]);
  });

  it('keeps the logical ids of what holds data or an address that others know, in every stage', () => {
    expect(pipeline.stateful).toEqual([
      'EnstratusIngest AWS::Lambda::Url ReceiveStatusShiftLiveFunctionUrl59082EC1',
      'EnstratusIngest AWS::SQS::Queue DeviceAsksDeadLetters474FAD54',
      'EnstratusIngest AWS::SQS::Queue DeviceAsksQueueA905E1DE',
      'EnstratusIngest AWS::SQS::Queue DeviceEventsDeadLettersD0BBF798',
      'EnstratusIngest AWS::SQS::Queue DeviceEventsQueue343A306B',
      'EnstratusIngest AWS::SQS::Queue KeepSecretDeadLettersF36E53AE',
    ]);
  });
});
