import type { Scope } from '../../kernel/service.ts';

/** Resources as "Actions, resources, and condition keys for AWS CodeDeploy" names them. */
const arn = ({ account, region }: Scope, rest: string) => `arn:aws:codedeploy:${region}:${account}:${rest}`;

export const applicationArn = (scope: Scope, name: string) => arn(scope, `application:${name}`);
export const groupArn = (scope: Scope, application: string, group: string) => arn(scope, `deploymentgroup:${application}/${group}`);
export const configArn = (scope: Scope, name: string) => arn(scope, `deploymentconfig:${name}`);
