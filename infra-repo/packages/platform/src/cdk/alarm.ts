import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface HurtAlarmProps {
  /** Who or what is hurt when this goes off, as a sentence for the person who is woken up. */
  readonly hurts: string;
  /** The heading in this repo's RUNBOOK.md that says what to do. {@link runbookGaps} checks that it is there. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** The alarm goes off when the metric is at or above this, in the metric's own unit. */
  readonly threshold: number;
  /** How many periods of the metric are looked at. One where nothing is said. */
  readonly evaluationPeriods?: number;
  /** How many of them must be at or above the threshold. All where nothing is said. */
  readonly datapointsToAlarm?: number;
  /** Told when the alarm goes off and when it is over. */
  readonly topic: ITopic;
}

/** The one way to make an alarm: no alarm without saying what is hurt and where it is written what to do. No data is no alarm. */
export class HurtAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: HurtAlarmProps) {
    super(scope, id);
    this.alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${props.hurts} What to do: RUNBOOK.md, "${props.runbook}".`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.evaluationPeriods ?? 1,
      datapointsToAlarm: props.datapointsToAlarm ?? props.evaluationPeriods ?? 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(props.topic);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }
}

interface TemplateWithAlarms {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

/**
 * What is wrong between a template's alarms and a RUNBOOK.md: an alarm that doesn't say what is hurt, that names no heading, or
 * names a heading (any level) that isn't there; and no alarm at all. Empty when all is well.
 */
export function runbookGaps(template: object, runbook: string): string[] {
  const headings = new Set([...runbook.matchAll(/^#+\s+(.+?)\s*$/gm)].map((match) => match[1]));
  const alarms = Object.entries((template as TemplateWithAlarms).Resources ?? {}).filter(
    ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
  );
  if (alarms.length === 0) return ['the template has no alarm'];
  return alarms.flatMap(([logicalId, { Properties }]) => {
    const said = /^(.{20,}?[.!]) What to do: RUNBOOK\.md, "(.+)"\.$/s.exec(String(Properties?.['AlarmDescription'] ?? ''));
    if (said === null) return [`${logicalId} doesn't say what is hurt and which heading of the RUNBOOK it goes with`];
    const heading = said[2];
    return headings.has(heading) ? [] : [`${logicalId} names the heading "${heading}", which RUNBOOK.md doesn't have`];
  });
}
