/** What a server on loopback shows over TLS, PEM. */
export interface LoopbackCertificate {
  readonly key: string;
  readonly cert: string;
}

const YEAR_ms = 365 * 86_400_000;

/**
 * A certificate for 127.0.0.1 and localhost that signs itself (EC P-256, a year): nobody trusts it who isn't told to, by its `cert`. Its key is written nowhere.
 */
export async function makeLoopbackCertificate(): Promise<LoopbackCertificate> {
  const { generate } = await import('selfsigned');
  const now = Date.now();
  const pems = await generate([{ name: 'commonName', value: 'ENStratus local cloud' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A clock that was set back a little would find it not valid yet.
    notBeforeDate: new Date(now - 86_400_000),
    notAfterDate: new Date(now + YEAR_ms),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}
