// What of delivery can be known without the CDK, for tools that have no use for it.
export {
  contractVersionParameterName,
  type DeliveredRepo,
  deliveredRepos,
  deliveryParameterNames,
  packageRegistry,
  parameterReadersPrefix,
} from './delivery-names.ts';
export { type Organization, type OrganizationStage, organizationNamed, parseOrganization } from './organization.ts';
