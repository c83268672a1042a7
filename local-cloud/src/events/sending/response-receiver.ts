import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ResponseReceiver {
  /** Where to put the answer. */
  readonly url: string;
  /** What was put there, undefined until then. */
  answer(): string | undefined;
  stop(): Promise<void>;
}

/** Takes the answer that a custom resource's function puts at its ResponseURL, as the bucket of CloudFormation does (CloudFormation User Guide, "Custom resource response objects"). */
export async function receiveResponse(): Promise<ResponseReceiver> {
  let answered: string | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'PUT') answered = Buffer.concat(chunks).toString('utf8');
      response.writeHead(request.method === 'PUT' ? 200 : 405).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/response`,
    answer: () => answered,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
