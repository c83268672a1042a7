import type { MeterCall } from '../../metering/metered-operations.ts';

/**
 * Standard parameters cost nothing, nor do requests for them at the standard rate (AWS Systems Manager Pricing, "Parameter Store"). A SecureString makes
 * requests to KMS, which have a price: one to encrypt it, one for each that is read decrypted (Systems Manager User Guide, "AWS KMS encryption for
 * Parameter Store SecureString parameters").
 */
export const meterDecryptions: MeterCall = (operation, input, output, { account, region, cloud }) => {
  const { Type, WithDecryption } = input as { Type?: string; WithDecryption?: boolean };
  const { Parameter, Parameters = [] } = (output ?? {}) as { Parameter?: { Type: string }; Parameters?: { Type: string }[] };
  const read = Parameter === undefined ? Parameters : [Parameter];
  const requests = WithDecryption === true ? read.filter((one) => one.Type === 'SecureString').length : 0;
  if (requests > 0) cloud.meter({ account, region, service: 'kms', operation: 'decrypt', units: { requests } });
  if (operation === 'PutParameter' && Type === 'SecureString' && output !== undefined)
    cloud.meter({ account, region, service: 'kms', operation: 'encrypt', units: { requests: 1 } });
};
