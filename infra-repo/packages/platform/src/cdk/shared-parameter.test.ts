import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { publishParameter, readParameter } from './shared-parameter.ts';

describe('a parameter that repos share', () => {
  it('is published under a logical id made of its name', () => {
    const stack = new Stack(new App(), 'EnstratusSome');
    publishParameter(stack, '/enstratus/some/table-name', 'value', 'A table');
    expect(Template.fromStack(stack).toJSON()['Resources']).toMatchObject({
      ParameterEnstratusSomeTableName: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/enstratus/some/table-name', Value: 'value' } },
    });
  });

  it('that is read is told by its reader, each once and in order', () => {
    const stack = new Stack(new App(), 'EnstratusSome');
    for (const name of ['/enstratus/b', '/enstratus/a', '/enstratus/b']) readParameter(stack, name);
    const template = Template.fromStack(stack).toJSON();
    expect(template['Resources']).toMatchObject({
      ParametersRead: { Properties: { Name: '/enstratus/reads/EnstratusSome', Value: '/enstratus/a,/enstratus/b' } },
    });
    expect(Object.values(template['Parameters'])).toContainEqual({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/enstratus/a' });
  });

  it('that nobody reads is told by nobody', () => {
    const stack = new Stack(new App(), 'EnstratusSome');
    publishParameter(stack, '/enstratus/some/x', 'value', 'x');
    expect(Object.keys(Template.fromStack(stack).toJSON()['Resources'])).toEqual(['ParameterEnstratusSomeX']);
  });
});
