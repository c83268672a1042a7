import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parameterNames } from '@enstratus/contract';
import { expect, it, vi } from 'vitest';
import { clientOptions } from '../../src/tools/running-system.ts';
import { System } from './system.ts';

it('an event that could not be written sets the alarm off that says so, and the topic of alarms is told', async () => {
  const system = new System();
  const options = clientOptions(system.endpoints);
  const [cloudwatch, sqs] = [new CloudWatchClient(options), new SQSClient(options)];
  const alarm = async (): Promise<MetricAlarm> => {
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    const found = MetricAlarms.find(({ AlarmDescription = '' }) =>
      AlarmDescription.includes('RUNBOOK.md, "Events are missing in the history"'),
    );
    if (found === undefined) throw new Error('no such alarm is deployed');
    return found;
  };
  const { AlarmName, Dimensions = [], AlarmActions } = await alarm();
  expect(AlarmActions).toEqual([await system.parameter(parameterNames.alarmsTopicArn)]);
  const QueueUrl = `${system.endpoints.aws}/${system.endpoints.account}/${Dimensions[0]?.Value}`;

  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an event that nobody understands' }));
  await vi.waitFor(async () => expect((await alarm()).StateValue).toBe('ALARM'), { timeout: 10_000, interval: 100 });
  await vi.waitFor(
    async () => {
      const { AlarmHistoryItems = [] } = await cloudwatch.send(
        // Since it went off: another test's dead letter may have done that already.
        new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action' }),
      );
      expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toContain(`Successfully executed action ${AlarmActions?.[0]}`);
    },
    { timeout: 5_000, interval: 100 },
  );

  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
});
