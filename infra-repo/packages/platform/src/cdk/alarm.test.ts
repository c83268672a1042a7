import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { HurtAlarm, runbookGaps } from './alarm.ts';

function template(): Template {
  const stack = new Stack(new App(), 'Stack');
  new HurtAlarm(stack, 'Late', {
    hurts: 'Operators do not see what just happened.',
    runbook: 'The event history is behind',
    metric: new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' }),
    threshold: 900,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    topic: new Topic(stack, 'Topic'),
  });
  return Template.fromStack(stack);
}

describe('HurtAlarm', () => {
  it('says what is hurt and where it is written what to do, and tells the topic when it begins and ends', () => {
    template().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'Operators do not see what just happened. What to do: RUNBOOK.md, "The event history is behind".',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 900,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'TopicBFC7AF6E' }],
      OKActions: [{ Ref: 'TopicBFC7AF6E' }],
    });
  });
});

describe('runbookGaps', () => {
  it('finds nothing where every heading is there', () => {
    expect(runbookGaps(template().toJSON(), '# Runbook\n\n## The event history is behind\n\ntext')).toEqual([]);
  });

  it('finds a heading that is missing or only mentioned', () => {
    expect(runbookGaps(template().toJSON(), '# Runbook\n\nThe event history is behind')).toEqual([
      expect.stringMatching(/^Late.*"The event history is behind"/),
    ]);
  });

  it('finds an alarm that was made another way, and a template without any', () => {
    const bare = { Resources: { Bare: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmDescription: 'CPU high' } } } };
    expect(runbookGaps(bare, '')).toEqual([expect.stringMatching(/^Bare doesn't say what is hurt/)]);
    expect(runbookGaps({}, '')).toEqual(['the template has no alarm']);
  });
});
