import { afterAll, beforeAll, describe, it } from 'vitest';
import { AwsError } from '../src/kernel/aws-error.ts';
import { problemOf } from './answer-verdict.ts';
import { run } from './campaign.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { rememberAnswers } from './probes.ts';
import { templates } from './template-arbitrary.ts';

describe('CloudFormation, whatever the template', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  /** What an operation answers; of what it refuses, the words. Anything but a refusal is thrown. */
  const ask = async (operation: string, input: object): Promise<{ refused: boolean; text: string }> => {
    try {
      return {
        refused: false,
        text: JSON.stringify((await furnished.cloud.call('cloudformation', operation, input, furnished.caller)) ?? {}),
      };
    } catch (error) {
      if (!(error instanceof AwsError))
        throw new Error(`${operation} failed inside: ${error instanceof Error ? error.stack : String(error)}`);
      return { refused: true, text: `${error.code} ${error.message}` };
    }
  };

  const settled = async (StackName: string): Promise<void> => {
    for (const begun = performance.now(); performance.now() - begun < 10_000; ) {
      const { text } = await ask('DescribeStacks', { StackName });
      if (!/"StackStatus":"[A-Z_]*_IN_PROGRESS"/.test(text)) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error('the stack has not settled after 10 s');
  };

  it('it is read, planned and carried out, or refused in words', { timeout: 600_000 }, async () => {
    const isAsBefore = await rememberAnswers(furnished);
    let made = 0;
    await run({
      border: 'templates',
      inputs: templates(furnished),
      shortRuns: 20,
      check: async (template) => {
        const TemplateBody = JSON.stringify(template);
        const StackName = `fuzz-${made++}`;
        const capable = { StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] };
        const texts = [await ask('ValidateTemplate', { TemplateBody }), await ask('GetTemplateSummary', { TemplateBody })];
        texts.push(
          await ask('CreateChangeSet', { ...capable, ChangeSetName: 'change', ChangeSetType: 'CREATE' }),
          await ask('DeleteStack', { StackName }),
        );
        const created = await ask('CreateStack', { ...capable, StackName: `${StackName}-made` });
        texts.push(created);
        if (!created.refused) {
          await settled(`${StackName}-made`);
          texts.push(
            await ask('DescribeStackEvents', { StackName: `${StackName}-made` }),
            await ask('DeleteStack', { StackName: `${StackName}-made` }),
          );
          await settled(`${StackName}-made`);
        }
        furnished.console.check();
        for (const { text } of texts) {
          const problem = problemOf({ status: 200, headers: {}, body: text }, [TemplateBody]);
          if (problem !== undefined) throw new Error(problem);
        }
      },
    });
    await isAsBefore();
  });
});
