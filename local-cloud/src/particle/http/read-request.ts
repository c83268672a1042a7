import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { badRequest } from './api-error.ts';
import type { ApiRequest, UploadedFile } from './api-request.ts';

/** A product's list of devices is the largest thing that is sent. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Reads a request whole. Refuses (400) bodies that are neither JSON objects nor forms. */
export async function readRequest(incoming: IncomingMessage, params: Readonly<Record<string, string>>): Promise<ApiRequest> {
  const [path = '/', search = ''] = (incoming.url ?? '/').split('?', 2);
  const { access_token: fromQuery, ...query } = flat(parse(search));
  const { fields, files } = await readBody(incoming);
  const { access_token: fromBody, ...body } = fields;
  const [kind = '', credentials = ''] = (incoming.headers.authorization ?? '').split(/\s+/, 2);
  const bearer = kind.toLowerCase() === 'bearer' ? credentials : undefined;
  return {
    method: incoming.method ?? 'GET',
    path,
    params,
    query,
    body,
    files,
    headers: incoming.headers,
    basic: kind.toLowerCase() === 'basic' ? readBasic(credentials) : undefined,
    access_token: bearer ?? fromQuery ?? (typeof fromBody === 'string' ? fromBody : undefined),
  };
}

function flat(parsed: ReturnType<typeof parse>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) fields[name] = last;
  }
  return fields;
}

async function readBody(incoming: IncomingMessage): Promise<{ fields: Record<string, unknown>; files: UploadedFile[] }> {
  const bytes = await readBytes(incoming);
  if (bytes.length === 0) return { fields: {}, files: [] };
  const type = (incoming.headers['content-type'] ?? '').toLowerCase();
  if (type.startsWith('application/json')) return { fields: readJsonObject(bytes), files: [] };
  if (type.startsWith('multipart/form-data')) return readMultipart(bytes, incoming.headers['content-type'] ?? '');
  if (type === '' || type.startsWith('application/x-www-form-urlencoded'))
    return { fields: flat(parse(bytes.toString('utf8'))), files: [] };
  throw badRequest(`content-type: ${type} is not taken, only JSON and forms`);
}

async function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw badRequest(`the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readJsonObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw badRequest('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('the body must be a JSON object');
  return value as Record<string, unknown>;
}

async function readMultipart(bytes: Buffer, contentType: string): Promise<{ fields: Record<string, unknown>; files: UploadedFile[] }> {
  const fields: Record<string, unknown> = {};
  const files: UploadedFile[] = [];
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw badRequest('the multipart form is malformed');
  }
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else {
      const content = new Uint8Array(await value.arrayBuffer());
      files.push({ filename: value.name, text: new TextDecoder().decode(content), bytes: content });
    }
  }
  return { fields, files };
}

function readBasic(credentials: string): { username: string; password: string } {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { username: text, password: '' } : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
