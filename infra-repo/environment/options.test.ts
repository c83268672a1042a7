import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (line: string, environment: Record<string, string> = {}) =>
  parseOptions(line === '' ? [] : line.split(' '), '/srv', environment);

describe('the command line', () => {
  it('makes a new environment with an admin, whose address counts in lower case', () => {
    expect(parse('new --stage dev --admin Ada@Enfusion.example')).toMatchObject({
      command: 'new',
      stage: 'dev',
      organization: 'enfusion',
      repos: '/srv',
      admin: 'ada@enfusion.example',
    });
  });

  it("takes Particle's token from the environment alone", () => {
    const line = 'new --stage dev --admin a@b.example --particle-product pumps';
    expect(parse(line, { PARTICLE_ACCESS_TOKEN: 'secret' })).toMatchObject({ particleAccessToken: 'secret' });
    expect(() => parse(line)).toThrow('PARTICLE_ACCESS_TOKEN');
    expect(() => parse('new --stage dev --admin a@b.example --particle-token x')).toThrow('--particle-token');
  });

  it.each([
    ['', 'The command'],
    ['grow --stage dev', 'The command must be new, remove or estimate'],
    ['new --stage dev', '--admin'],
    ['new --stage dev --admin nobody', '--admin must be an e-mail address'],
    ['new --stage live --admin a@b.example', '--stage must be dev, test or prod'],
    ['remove --stage dev --admin a@b.example', '--admin does not go with this command'],
    ['remove --stage dev --yes 42', '--yes must be the account id'],
    ['remove --stage dev all', 'all is nothing that is known here'],
  ])('refuses "%s" and names what is wrong', (line, reason) => {
    expect(() => parse(line)).toThrow(reason);
  });
});
