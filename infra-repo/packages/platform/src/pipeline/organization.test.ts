import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { organizationNamed, organizationOf, parseOrganization } from './organization.ts';

const good = {
  organization: 'here',
  region: 'us-east-2',
  delivery: { account: '111111111111' },
  stages: [{ stage: 'dev', account: '222222222222' }],
  source: { provider: 'CodeCommit' },
};
const parse = (changes: object) => parseOrganization(JSON.stringify({ ...good, ...changes }), 'here');

describe('an organization', () => {
  it('is read from the file of its name, enfusion where nothing is said', () => {
    expect(organizationOf(new App())).toEqual(organizationNamed('enfusion'));
    expect(organizationNamed('enfusion').stages.map(({ stage }) => stage)).toEqual(['dev', 'test', 'prod']);
  });

  it('that is not there is told with those that are', () => {
    expect(() => organizationNamed('nobody')).toThrow(/no organization nobody. Known: enfusion/);
    expect(() => organizationNamed('../package')).toThrow(/no organization/);
  });

  it.each([
    ['an account that is too short', { delivery: { account: '123' } }, /delivery\.account: must have 12 digits/],
    ['a region that is none', { region: 'Ohio' }, /region: must be a region/],
    [
      'two stages of one name',
      { stages: [good.stages[0], { stage: 'dev', account: '333333333333' }] },
      /stages: must name each stage once/,
    ],
    ['two stages in one account', { stages: [good.stages[0], { stage: 'test', account: '222222222222' }] }, /an account of its own/],
    ['an unknown field', { acount: '1' }, /acount/],
    [
      'a device group that no product can have',
      { stages: [{ ...good.stages[0], particle_group: 'all of them' }] },
      /stages\.0\.particle_group: must be the name of a device group/,
    ],
    [
      'a Device OS that is no version',
      { particle: { product: 'pumps', platform_id: 13, device_os: 'latest' } },
      /particle\.device_os: must be a version/,
    ],
    ['a connection without an ARN', { source: { provider: 'CodeConnections', owner: 'enfusion' } }, /source\.connection_arn/],
  ])('with %s is refused by the name of the field', (_, changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });

  it('says where devices get their firmware from, and which group a stage has', () => {
    const { particle, stages } = organizationNamed('enfusion');
    expect(particle).toEqual({ product: 'enstratus-controllers', platform_id: 13, device_os: '6.3.0' });
    expect(stages.map(({ particle_group }) => particle_group)).toEqual(['dev', 'test', 'prod']);
    expect(parse({}).particle).toBeUndefined();
  });

  it('takes a connection to another git provider', () => {
    const connection_arn = 'arn:aws:codeconnections:us-east-2:111111111111:connection/1';
    expect(parse({ source: { provider: 'CodeConnections', connection_arn, owner: 'enfusion' } }).source.provider).toBe('CodeConnections');
  });

  it('that is no JSON is told so', () => {
    expect(() => parseOrganization('{', 'here')).toThrow(/The organization here is no JSON/);
  });
});
