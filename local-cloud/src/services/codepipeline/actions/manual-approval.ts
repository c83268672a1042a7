import type { Scope } from '../../../kernel/service.ts';
import type { ActionRun } from './action-run.ts';
import { approvalConfiguration } from './configurations.ts';

/** CodePipeline User Guide, "Quotas in AWS CodePipeline": an approval action is waited for seven days, or what its timeout says. */
export const APPROVAL_TIMEOUT_minutes = 7 * 24 * 60;

/**
 * Asks for an approval: tells the topic, where there is one, and leaves the rest to PutApprovalResult and the clock. The message is that of
 * CodePipeline User Guide, "JSON data format for manual approval notifications in CodePipeline".
 */
export async function askForApproval(run: ActionRun): Promise<'waiting'> {
  const { record, execution, cloud, scope, caller } = run;
  const { NotificationArn, CustomData, ExternalEntityLink } = approvalConfiguration.parse(run.configuration);
  if (NotificationArn === undefined || record.progress['notified'] !== undefined) return 'waiting';
  const { stage, action } = record;
  const message = {
    region: scope.region,
    consoleLink: consoleLink(scope, execution.pipeline),
    approval: {
      pipelineName: execution.pipeline,
      stageName: stage,
      actionName: action,
      token: record.token,
      expires: new Date(record.expires_ms ?? 0).toISOString().replace(/:\d{2}\.\d{3}Z$/, 'Z'),
      ...(ExternalEntityLink === undefined ? {} : { externalEntityLink: ExternalEntityLink }),
      approvalReviewLink: `${consoleLink(scope, execution.pipeline)}/${stage}/${action}/approve/${record.token}`,
      ...(CustomData === undefined ? {} : { customData: CustomData }),
    },
  };
  const subject = `APPROVAL NEEDED: AWS CodePipeline ${execution.pipeline} for action ${action}`;
  await cloud.call(
    'sns',
    'Publish',
    { TopicArn: NotificationArn, Subject: subject.slice(0, 100), Message: JSON.stringify(message, null, 4) },
    { ...caller, region: NotificationArn.split(':')[3] ?? scope.region },
  );
  run.keep({ notified: 'true' });
  return 'waiting';
}

/** AWS's own console, as in its messages; there is nothing of it here. */
function consoleLink({ region }: Scope, pipeline: string): string {
  return `https://console.aws.amazon.com/codepipeline/home?region=${region}#/view/${pipeline}`;
}
