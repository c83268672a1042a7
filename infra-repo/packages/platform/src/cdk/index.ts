export { HurtAlarm, type HurtAlarmProps, runbookGaps } from './alarm.ts';
export { bundledCode } from './bundled-code.ts';
export { bundledResolver } from './bundled-resolver.ts';
export { acknowledge, type Deployment, deployment, serviceApp, setting } from './service-app.ts';
export {
  type LogGroupAction,
  type LogStreamAction,
  type ParameterAction,
  ServiceFunction,
  type ServiceFunctionProps,
  type TableAction,
} from './service-function.ts';
export { publishParameter, readParameter } from './shared-parameter.ts';
export { type BuildSite, siteAsset } from './site-asset.ts';
export { SiteHosting, type SiteHostingProps } from './site-hosting.ts';
export { permissionsOf, readable } from './template-permissions.ts';
export { encryptedQueue, WorkQueue, type WorkQueueProps } from './work-queue.ts';
