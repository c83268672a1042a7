import fc from 'fast-check';
import type { FurnishedCloud } from './furnished-cloud.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { knownTo } from './known-names.ts';
import { nearMiss } from './odd-values.ts';
import { inputsOf } from './schema-arbitrary.ts';

/** The `Authorization` header by which a request names its account, region and service; nobody verifies the signature. */
export function credential(service: string, account = '111122223333'): string {
  return `AWS4-HMAC-SHA256 Credential=${account}/20261122/us-east-2/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

/** Requests of the AWS JSON protocols for every operation of a service, valid ones and ones near them. */
export function jsonMessages(
  furnished: FurnishedCloud,
  service: string,
  target: string,
  version: '1.0' | '1.1',
): fc.Arbitrary<HttpMessage> {
  const operations = operationsOf(furnished, service);
  return nearMessage(
    operations.chain(([operation, inputs]) =>
      inputs.map((input) => ({
        method: 'POST',
        path: '/',
        headers: {
          authorization: credential(service),
          'x-amz-target': `${target}.${operation}`,
          'content-type': `application/x-amz-json-${version}`,
        },
        body: bytesAsText(JSON.stringify(input) ?? ''),
      })),
    ),
  );
}

/** Requests of the AWS Query protocol. `listElement` names what stands before a list's numbers; undefined where they stand flat. */
export function queryMessages(
  furnished: FurnishedCloud,
  service: string,
  { isFlat = false }: { isFlat?: boolean } = {},
): fc.Arbitrary<HttpMessage> {
  return nearMessage(
    operationsOf(furnished, service).chain(([operation, inputs]) =>
      inputs.map((input) => ({
        method: 'POST',
        path: '/',
        headers: { authorization: credential(service), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: new URLSearchParams([['Action', operation], ['Version', '2010-05-15'], ...parametersOf(input, isFlat)]).toString(),
      })),
    ),
  );
}

/** The operations of a service with inputs that fit them mostly. */
export function operationsOf(
  { cloud, furniture }: FurnishedCloud,
  service: string,
): fc.Arbitrary<readonly [string, fc.Arbitrary<unknown>]> {
  const operations = Object.entries(cloud.service(service)?.operations ?? {});
  const known = knownTo(service, furniture, cloud.endpoint);
  return fc.constantFrom(...operations.map(([name, { input }]) => [name, nearMiss(inputsOf(input, known))] as const));
}

function parametersOf(value: unknown, isFlat: boolean, name = '', depth = 0): [string, string][] {
  if (depth > 40 || value === undefined) return [];
  const below = (key: string) => (name === '' ? key : `${name}.${key}`);
  if (Array.isArray(value)) {
    const items = value.slice(0, 50);
    if (items.length === 0) return [[name, '']];
    return items.flatMap((item, at) => parametersOf(item, isFlat, below(isFlat ? String(at + 1) : `member.${at + 1}`), depth + 1));
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => parametersOf(item, isFlat, below(key), depth + 1));
  return [[name, value === null ? '' : String(value).toWellFormed()]];
}
