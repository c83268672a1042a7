export * from './delivery.ts';
export { organizationOf } from './organization.ts';
export { ServicePipeline, type ServicePipelineProps, type StageContents } from './service-pipeline.ts';
