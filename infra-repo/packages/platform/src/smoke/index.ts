export { expectSite } from './expect-site.ts';
export { expectThat, patientFetch } from './patient-fetch.ts';
