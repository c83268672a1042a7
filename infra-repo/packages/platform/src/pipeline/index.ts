export {
  contractVersionParameterName,
  type DeliveredRepo,
  deliveredRepos,
  deliveryParameterNames,
  packageRegistry,
  parameterReadersPrefix,
} from './delivery-names.ts';
export { type Organization, organizationNamed, organizationOf, parseOrganization } from './organization.ts';
export { ServicePipeline, type ServicePipelineProps, type StageContents } from './service-pipeline.ts';
