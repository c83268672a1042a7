export * from './delivery.ts';
export { deliveryProgramFolder } from './delivery-program.ts';
export { organizationOf } from './organization.ts';
export { ProgramPipeline, type ProgramPipelineProps, type StageProgram } from './program-pipeline.ts';
export { ServicePipeline, type ServicePipelineProps, type StageContents } from './service-pipeline.ts';
