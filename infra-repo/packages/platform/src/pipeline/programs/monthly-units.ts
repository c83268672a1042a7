import { z } from 'zod';

/**
 * What of a template is paid by the month or decides what a call costs, whatever the load: US dollars a month each in us-east-2 as of November 2026 ("Amazon CloudWatch pricing", "AWS Key
 * Management Service pricing", "AWS Secrets Manager pricing"); 0 where it is what a call takes that changes.
 */
const monthly_usd: Readonly<Record<string, number>> = {
  'AWS::CloudWatch::Alarm': 0.1,
  'AWS::CloudWatch::Dashboard': 3,
  'AWS::KMS::Key': 1,
  'AWS::SecretsManager::Secret': 0.4,
  'AWS::Route53::HostedZone': 0.5,
  'AWS::WAFv2::WebACL': 5,
};

const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })).default({}),
});

interface Units {
  readonly counts: ReadonlyMap<string, number>;
  readonly memory_mib: number;
  readonly indexes: number;
}

function unitsOf(text: unknown): Units {
  const counts = new Map<string, number>();
  let [memory_mib, indexes] = [0, 0];
  for (const { Type, Properties = {} } of Object.values(template.parse(text).Resources)) {
    if (Object.hasOwn(monthly_usd, Type)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
    // Lambda's own default ("AWS::Lambda::Function", MemorySize).
    if (Type === 'AWS::Lambda::Function') memory_mib += Number(Properties['MemorySize'] ?? 128);
    if (Type === 'AWS::DynamoDB::Table') indexes += z.array(z.unknown()).default([]).parse(Properties['GlobalSecondaryIndexes']).length;
  }
  return { counts, memory_mib, indexes };
}

/**
 * How the units of the bill change between two templates, a line each: `CloudWatch alarms 22 > 23, +$0.10 a month`. Memory of functions and indexes
 * of tables have no price of their own, but each call and each write has one by them.
 */
export function changedUnits(before: unknown, after: unknown): string[] {
  const [was, is] = [unitsOf(before), unitsOf(after)];
  const lines: string[] = [];
  for (const [type, price] of Object.entries(monthly_usd)) {
    const [had, has] = [was.counts.get(type) ?? 0, is.counts.get(type) ?? 0];
    if (had === has) continue;
    const usd = (has - had) * price;
    lines.push(`${type} ${had} > ${has}, ${usd < 0 ? '-' : '+'}$${Math.abs(usd).toFixed(2)} a month`);
  }
  if (was.memory_mib !== is.memory_mib) lines.push(`memory of all functions ${was.memory_mib} > ${is.memory_mib} MiB`);
  if (was.indexes !== is.indexes) lines.push(`indexes of tables ${was.indexes} > ${is.indexes}: each costs write units`);
  return lines;
}
