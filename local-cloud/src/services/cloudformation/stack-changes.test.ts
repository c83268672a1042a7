import {
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Resources, StackBench, THING, template } from '../../testing/stack-bench.ts';

let bench: StackBench;

beforeEach(async () => {
  bench = await StackBench.start();
});

afterEach(() => bench.stop());

describe('updating a stack', () => {
  test('changes in place, replaces, adds and removes, and cleans up last', async () => {
    await bench.create({
      Grows: { Type: THING, Properties: { Size: 1 } },
      Moves: { Type: THING, Properties: { Name: 'Old' } },
      Follows: { Type: THING, Properties: { Link: { Ref: 'Moves' } } },
      Goes: { Type: THING, Properties: { Name: 'Goes' } },
      Stays: { Type: THING },
    });
    const unchanged = (await bench.client.send(new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'Grows' })))
      .StackResources;
    bench.things.calls.length = 0;
    const stack = await bench.update({
      Grows: { Type: THING, Properties: { Size: 2 } },
      Moves: { Type: THING, Properties: { Name: 'New' } },
      Follows: { Type: THING, Properties: { Link: { Ref: 'Moves' } } },
      Stays: { Type: THING },
      Comes: { Type: THING, Properties: { Name: 'Comes' } },
    });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(bench.things.calls.toSorted()).toEqual(
      [
        'create Comes',
        'create New',
        'delete Goes',
        'delete Old',
        'finish Comes',
        'finish New',
        'update Follows',
        'update Grows',
      ].toSorted(),
    );
    expect(bench.things.calls.findIndex((call) => call.startsWith('delete'))).toBeGreaterThan(bench.things.calls.indexOf('update Follows'));
    expect([...bench.things.existing.values()].map(({ link }) => link)).toContain('New');
    const after = (await bench.client.send(new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'Grows' })))
      .StackResources;
    expect(after?.[0]?.PhysicalResourceId).toBe(unchanged?.[0]?.PhysicalResourceId);
    expect((await bench.events()).slice(-1)).toEqual(['shop UPDATE_COMPLETE']);
    expect(await bench.events()).toContain('shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  });

  test('that fails is rolled back: old properties, old resources, old template', async () => {
    const before: Resources = {
      Grows: { Type: THING, Properties: { Size: 1 } },
      Moves: { Type: THING, Properties: { Name: 'Old' }, DependsOn: 'Grows' },
      Goes: { Type: THING, Properties: { Name: 'Goes' } },
    };
    await bench.create(before, { Outputs: { O: { Value: { Ref: 'Moves' } } } });
    const existing = new Map(bench.things.existing);
    bench.things.failing.add('create Broken');
    const stack = await bench.update(
      {
        Grows: { Type: THING, Properties: { Size: 2 } },
        Moves: { Type: THING, Properties: { Name: 'New' }, DependsOn: 'Grows' },
        Comes: { Type: THING, DependsOn: 'Moves' },
        Broken: { Type: THING, DependsOn: 'Comes' },
      },
      { Outputs: { O: { Value: 'changed' } } },
    );
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(bench.things.existing).toEqual(existing);
    expect(stack.Outputs?.[0]?.OutputValue).toBe('Old');
    expect(JSON.parse((await bench.client.send(new GetTemplateCommand({ StackName: 'shop' }))).TemplateBody ?? '').Resources).toEqual(
      before,
    );
    const resources = (await bench.client.send(new ListStackResourcesCommand({ StackName: 'shop' }))).StackResourceSummaries;
    expect(resources?.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId])).toEqual([
      ['Goes', 'Goes'],
      ['Grows', expect.stringMatching(/^shop-Grows-/)],
      ['Moves', 'Old'],
    ]);
    expect((await bench.update(before, { Outputs: { O: { Value: 'again' } } })).StackStatus).toBe('UPDATE_COMPLETE');
    expect(bench.things.existing).toEqual(existing);
  });

  test('whose rollback fails can be continued', async () => {
    await bench.create({ Grows: { Type: THING, Properties: { Size: 1 } } });
    bench.things.failing.add('update Grows');
    expect((await bench.update({ Grows: { Type: THING, Properties: { Size: 2 } } })).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    bench.things.failing.clear();
    await bench.client.send(new ContinueUpdateRollbackCommand({ StackName: 'shop' }));
    expect((await bench.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([...bench.things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  });

  test('without a change is refused', async () => {
    await bench.create({ A: { Type: THING, Properties: { Size: 1 } } });
    await expect(bench.update({ A: { Type: THING, Properties: { Size: '1' } } })).rejects.toThrow('No updates are to be performed.');
  });

  test('of a custom-named resource that must be replaced under its name says so', async () => {
    await bench.create({ A: { Type: THING, Properties: { Name: 'Same' } }, B: { Type: THING, Properties: { Name: 'Other' } } });
    expect(
      (await bench.update({ A: { Type: THING, Properties: { Name: 'Other' } }, B: { Type: THING, Properties: { Name: 'Other' } } }))
        .StackStatus,
    ).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await bench.reasonOf('UPDATE_FAILED')).toContain(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing.',
    );
    expect([...bench.things.existing.keys()].toSorted()).toEqual(['Other', 'Same']);
  });

  test('keeps a replaced resource that is to be retained', async () => {
    await bench.create({ A: { Type: THING, UpdateReplacePolicy: 'Retain', Properties: { Name: 'One' } } });
    await bench.update({ A: { Type: THING, UpdateReplacePolicy: 'Retain', Properties: { Name: 'Two' } } });
    expect([...bench.things.existing.keys()]).toEqual(['One', 'Two']);
    expect(await bench.events()).toContain('A DELETE_SKIPPED');
  });
});

describe('deleting a stack', () => {
  test('goes in the opposite order, keeps what is retained, and answers by id only', async () => {
    const { StackId: id = '' } = await bench.create({
      A: { Type: THING },
      B: { Type: THING, Properties: { Link: { Ref: 'A' } } },
      Kept: { Type: THING, DeletionPolicy: 'Retain', Properties: { Name: 'Kept' } },
    });
    bench.things.calls.length = 0;
    await bench.client.send(new DeleteStackCommand({ StackName: 'shop' }));
    expect((await bench.settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    expect(bench.things.calls).toEqual(['delete B', 'delete A']);
    expect([...bench.things.existing.keys()]).toEqual(['Kept']);
    await expect(bench.stack()).rejects.toThrow('Stack with id shop does not exist');
    const { StackSummaries: listed } = await bench.client.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
    expect(listed?.map(({ StackId }) => StackId)).toEqual([id]);
  });

  test('that fails can be tried again, or go on without the resource', async () => {
    const { StackId: id = '' } = await bench.create({ A: { Type: THING }, B: { Type: THING } });
    bench.things.failing.add('delete A');
    await bench.client.send(new DeleteStackCommand({ StackName: 'shop' }));
    const failed = await bench.settled();
    expect(failed.StackStatus).toBe('DELETE_FAILED');
    expect(failed.StackStatusReason).toBe('The following resource(s) failed to delete: [A].');
    await bench.client.send(new DeleteStackCommand({ StackName: 'shop', RetainResources: ['A'] }));
    expect((await bench.settled(id)).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('is refused while it is protected', async () => {
    await bench.create({ A: { Type: THING } });
    await bench.client.send(new UpdateTerminationProtectionCommand({ StackName: 'shop', EnableTerminationProtection: true }));
    await expect(bench.client.send(new DeleteStackCommand({ StackName: 'shop' }))).rejects.toThrow('TerminationProtection is enabled');
  });

  test('fails while another stack imports its export', async () => {
    await bench.create({ A: { Type: THING } }, { Outputs: { O: { Value: 'v', Export: { Name: 'shared' } } } });
    const importing = template({ B: { Type: THING, Properties: { Link: { 'Fn::ImportValue': 'shared' } } } });
    await bench.client.send(new CreateStackCommand({ StackName: 'other', TemplateBody: importing }));
    await bench.settled('other');
    await bench.client.send(new DeleteStackCommand({ StackName: 'shop' }));
    expect((await bench.settled()).StackStatusReason).toBe('Delete canceled. Cannot delete export shared as it is in use by other');
    expect(bench.things.existing.size).toBe(2);
  });
});
