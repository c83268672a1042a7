export { expectSite } from './expect-site.ts';
