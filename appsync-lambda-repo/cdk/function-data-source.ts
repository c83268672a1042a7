import type { ServiceFunction } from '@enstratus/platform/cdk';
import { BackedDataSource, type GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

/**
 * A function as a data source of the API, with a role that may invoke this function's alias and nothing else, and that AppSync takes for this API alone (AWS AppSync
 * Developer Guide, "Attaching a data source"). CDK's own LambdaDataSource also grants all of the function's versions and aliases.
 */
export class FunctionDataSource extends BackedDataSource {
  constructor(api: GraphqlApi, id: string, fn: ServiceFunction) {
    const role = new Role(api, `${id}Role`, {
      assumedBy: new ServicePrincipal('appsync.amazonaws.com', { conditions: { ArnEquals: { 'aws:SourceArn': api.arn } } }),
      description: `What AppSync may do to call ${id}`,
    });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.live.functionArn] }));
    super(api, id, { api, serviceRole: role }, { type: 'AWS_LAMBDA', lambdaConfig: { lambdaFunctionArn: fn.live.functionArn } });
  }
}
