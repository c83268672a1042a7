import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { StageClients } from '../stage-changes.ts';

const byName = z.object({ Name: z.string() });
const byPath = z.object({ Path: z.string(), NextToken: z.string().optional() });

/** What is deployed in a stage's account, as SSM and CloudFormation tell it to their own clients. */
export interface MemoryAccount {
  readonly clients: StageClients;
  /** SSM's parameters by name. */
  readonly parameters: Map<string, string>;
  /** Deployed templates by the stack's name. */
  readonly templates: Map<string, unknown>;
  /** Answers every call with this error from now on, as for who has no right. */
  readonly refuse: (code: string) => void;
  /** Names of the operations that were called, in their order. */
  readonly calls: string[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts an account on 127.0.0.1 and a free port: enough of GetParameter, GetParametersByPath ("AWS JSON 1.1 protocol", Smithy) and GetTemplate ("AWS Query protocol", Smithy) for whoever looks at
 * a stage. A page of parameters holds one, and the last one is empty: a service may end so.
 */
export async function memoryAccount(): Promise<MemoryAccount> {
  const parameters = new Map<string, string>();
  const templates = new Map<string, unknown>();
  const calls: string[] = [];
  let refusal: string | undefined;

  const ssm = (operation: string, input: unknown): [number, unknown] => {
    if (refusal !== undefined) return [400, { __type: refusal, message: 'refused' }];
    if (operation === 'GetParameter') {
      const { Name } = byName.parse(input);
      const Value = parameters.get(Name);
      return Value === undefined ? [400, { __type: 'ParameterNotFound' }] : [200, { Parameter: { Name, Value, Type: 'String' } }];
    }
    const { Path, NextToken = '0' } = byPath.parse(input);
    const below = [...parameters].filter(([name]) => name.startsWith(Path)).sort();
    const page = below.slice(Number(NextToken), Number(NextToken) + 1);
    const next = page.length === 0 ? {} : { NextToken: String(Number(NextToken) + 1) };
    return [200, { Parameters: page.map(([Name, Value]) => ({ Name, Value, Type: 'String' })), ...next }];
  };
  const cloudFormation = (stackName: string): [number, string] => {
    const error = (code: string, message: string): [number, string] => [
      400,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    ];
    if (refusal !== undefined) return error(refusal, 'refused');
    if (!templates.has(stackName)) return error('ValidationError', `Stack with id ${stackName} does not exist`);
    const body = JSON.stringify(templates.get(stackName)).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return [200, `<GetTemplateResponse><GetTemplateResult><TemplateBody>${body}</TemplateBody></GetTemplateResult></GetTemplateResponse>`];
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      const operation = target.split('.').at(-1) ?? '';
      calls.push(operation);
      const [status, answer] = ssm(operation, JSON.parse(body));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    } else {
      const input = new URLSearchParams(body);
      calls.push(input.get('Action') ?? '');
      const [status, answer] = cloudFormation(input.get('StackName') ?? '');
      response.writeHead(status, { 'content-type': 'text/xml' }).end(answer);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const settings = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-2',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  };
  const clients = { ssm: new SSMClient(settings), cloudFormation: new CloudFormationClient(settings) };
  return {
    clients,
    parameters,
    templates,
    calls,
    refuse: (code) => {
      refusal = code;
    },
    async stop() {
      clients.ssm.destroy();
      clients.cloudFormation.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
