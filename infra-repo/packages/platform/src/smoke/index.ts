export { type Answer, expectThat, type Patience, patientFetch } from './patient-fetch.ts';
