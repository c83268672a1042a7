export { deploySite, type SiteDeployer } from './deploy-site.ts';
export { deployedBuildsName } from './deployed-builds.ts';
export { cacheControl, contentType, pageName } from './site-file.ts';
export { maxFiles, maxUnzippedBytes } from './unzip.ts';
