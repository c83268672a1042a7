// What of delivery can be known without the CDK, for tools that have no use for it.
export {
  contractVersionParameterName,
  type DeliveredRepo,
  deliveredRepos,
  deliveryParameterNames,
  packageRegistry,
  parameterReadersPrefix,
  particleDeliveryParameterNames,
  pipelineStackPrefix,
} from './delivery-names.ts';
export { inDeploymentOrder, type ParameterUse, parameterUse, waitsFor } from './deployment-order.ts';
export { type Organization, type OrganizationStage, organizationNamed, parseOrganization } from './organization.ts';
export { type AssemblyStack, stacksOfAssembly, type Template, templateSchema } from './programs/assembly-stacks.ts';
export { type SynthesizedPipeline, synthesizedPipeline } from './synthesized-pipeline.ts';
