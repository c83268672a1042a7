import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { sha256 } from './srp-verifier.ts';

/** What signs one kind of a pool's tokens. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public half, as the pool's JWKS shows it. */
  readonly jwk: JWK;
}

/** A pool signs ID tokens and access tokens with different keys (Cognito Developer Guide, "Understanding the access token"). */
export interface PoolKeys {
  readonly id: SigningKey;
  readonly access: SigningKey;
  /** Nobody else's secret, from which what a pool makes up for strangers is derived. */
  readonly seed: Uint8Array;
}

/** The RSA keys of user pools, each made once when it is first needed and kept in a file that its owner alone can read. */
export class SigningKeys {
  readonly #cloud: Cloud;
  readonly #known = new Map<string, Promise<PoolKeys>>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  of(scope: Scope, poolId: string): Promise<PoolKeys> {
    let keys = this.#known.get(poolId);
    if (keys === undefined) {
      keys = this.#readOrMake(scope, poolId);
      this.#known.set(poolId, keys);
      keys.catch(() => this.#known.delete(poolId));
    }
    return keys;
  }

  /** When a pool is deleted. */
  forget(scope: Scope, poolId: string): void {
    this.#known.delete(poolId);
    rmSync(this.#file(scope, poolId), { force: true });
  }

  #file(scope: Scope, poolId: string): string {
    return join(this.#cloud.state.directory(scope, 'cognito-idp'), `${poolId}.keys.json`);
  }

  async #readOrMake(scope: Scope, poolId: string): Promise<PoolKeys> {
    const file = this.#file(scope, poolId);
    let kept = read(file);
    if (kept === undefined) {
      kept = { id: await make(), access: await make() };
      write(file, kept);
    }
    return { id: await imported(kept.id), access: await imported(kept.access), seed: sha256(`seed ${kept.access.d}`) };
  }
}

/** Private keys as JWK. */
type KeptKeys = Readonly<Record<'id' | 'access', JWK>>;

async function make(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return exportJWK(privateKey);
}

async function imported(kept: JWK): Promise<SigningKey> {
  const { kty = 'RSA', n = '', e = '' } = kept;
  const kid = Buffer.from(await calculateJwkThumbprint({ kty, n, e }), 'base64url').toString('base64');
  const jwk: JWK = { alg: 'RS256', e, kid, kty, n, use: 'sig' };
  return { kid, jwk, privateKey: await rsaKey(kept), publicKey: await rsaKey(jwk) };
}

async function rsaKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'RS256');
  if (key instanceof Uint8Array) throw new Error('an RSA key was expected');
  return key;
}

function read(file: string): KeptKeys | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** In one move, so that a kill in between leaves no half of a file. */
function write(file: string, keys: KeptKeys): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(keys), { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}
