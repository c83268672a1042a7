import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inDeploymentOrder, type ParameterUse, parameterUse, waitsFor } from './deployment-order.ts';

const use = (name: string, reads: readonly string[], writes: readonly string[]): ParameterUse => ({ name, reads, writes });

describe('what a template says of others', () => {
  it('is what it reads when it is deployed, and what it writes, without what is of CDK itself', () => {
    const template = {
      Parameters: {
        Table: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/enstratus/infra/table-name' },
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
        Stage: { Type: 'String', Default: '/enstratus/none' },
      },
      Resources: {
        Url: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/enstratus/ingest/webhook-url', Value: 'x' } },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { Name: '/enstratus/topic' } },
      },
    };
    expect(parameterUse('ingest', [{ template }])).toEqual(
      use('ingest', ['/enstratus/infra/table-name'], ['/enstratus/ingest/webhook-url']),
    );
  });
});

describe('the order of deployment', () => {
  const infra = use('infra', [], ['/table']);
  const appsync = use('appsync', ['/table'], ['/api']);
  const ingest = use('ingest', ['/table', '/api', '/ingest'], ['/ingest']);
  const docs = use('docs', [], ['/docs']);

  it('follows from who reads whose parameters', () => {
    const all = [ingest, docs, appsync, infra];
    expect(waitsFor(ingest, all).map(({ name }) => name)).toEqual(['appsync', 'infra']);
    expect(inDeploymentOrder(all).map(({ name }) => name)).toEqual(['docs', 'infra', 'appsync', 'ingest']);
  });

  it('names those who wait for each other', () => {
    const one = use('one', ['/b'], ['/a']);
    const other = use('other', ['/a'], ['/b']);
    expect(() => inDeploymentOrder([infra, one, other])).toThrow("These wait for each other's parameters: one, other");
  });

  it('puts nobody before somebody whom they wait for, and loses nobody', () => {
    const chain = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          ...Array.from({ length: size }, (_, at) =>
            fc.subarray(Array.from({ length: at }, (__, earlier) => `/${earlier}`)).map((reads) => use(`${at}`, reads, [`/${at}`])),
          ),
        ),
      );
    fc.assert(
      fc.property(
        chain.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
        (all) => {
          const ordered = inDeploymentOrder(all);
          expect(new Set(ordered)).toEqual(new Set(all));
          expect(ordered).toHaveLength(all.length);
          for (const [at, one] of ordered.entries())
            for (const other of waitsFor(one, ordered)) expect(ordered.indexOf(other)).toBeLessThan(at);
        },
      ),
    );
  });
});
