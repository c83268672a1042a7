export { type DecodedDocuments, type DecodeFailure, type DecodeFailureReason, decodeFailureReasons } from './decoding.ts';
export { type StatusEventName, statusEventName, statusEventPrefix } from './event-names.ts';
export * from './events.ts';
export * from './identifiers.ts';
export * from './keys.ts';
export * from './latest.ts';
export { parseLogLine, toLogLine } from './log-line.ts';
export * from './names.ts';
export * from './noted-state.ts';
export {
  decodePack,
  defaultEverySeconds,
  encodePack,
  maxEverySeconds,
  maxPackBytes,
  maxPackDocuments,
  maxPublishBytes,
  PackError,
  packDocuments,
  packVersion,
} from './pack.ts';
export { type GapItem, type PackItem, packItem } from './pack-item.ts';
export * from './personas.ts';
export { type QuarantineReason, type QuarantineRecord, quarantineReasons, quarantineRecordSchema } from './quarantine.ts';
export * from './report.ts';
export {
  decodeRollup,
  type EnergyName,
  emptyHour,
  encodeRollup,
  energyNames,
  type MaximumName,
  maximumNames,
  type RollupHour,
  type RollupHours,
  type RollupItem,
  readRollupItem,
  rollupItem,
  sumHours,
} from './rollup.ts';
export { hoursOfSiteDay, rollUpSiteDay, type SiteDay, utcDaysOfSiteDay } from './rollup-days.ts';
export { rollUpDay, rollupLead_s, type Sample, samplesOfPack, startOfUtcDay, utcDayOf } from './rollup-making.ts';
export * from './silence.ts';
export { type DocumentIdentity, type StatusDocument, statusDocumentSchema } from './status-document.ts';
export {
  maxCounter,
  type NumberField,
  numberFields,
  type ReadingName,
  type RunState,
  runStates,
  type StatusField,
  statusFields,
  type TextField,
  timeRange,
} from './status-fields.ts';
export { type DecodedSample, type DecodedStatus, decodeSample, decodeStatus } from './status-input.ts';
export * from './token-claims.ts';
