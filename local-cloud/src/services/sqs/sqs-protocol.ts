import { AwsError } from '../../kernel/aws-error.ts';
import { failJson, readJson, writeJson } from '../../kernel/json-protocol.ts';
import { failQuery, readQuery, writeQuery } from '../../kernel/query-protocol.ts';
import type { HttpRequest, Protocol } from '../../kernel/service.ts';
import { XmlList } from '../../kernel/xml.ts';
import { QUERY_CODES } from './sqs-errors.ts';

const NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/';

/**
 * SQS speaks two protocols on one endpoint: AWS JSON 1.0 since November 2023, and the Query protocol to clients from before,
 * such as the AWS CLI 2.9 of Debian 12 (SQS Developer Guide, "Amazon SQS AWS JSON protocol").
 */
export const sqsProtocol: Protocol = {
  kind: 'rest',
  bind: (request) => {
    if (isJson(request)) return readJson(request, 'AmazonSQS');
    const { operation, input } = readQuery(request);
    return { operation, input: fromQuery(input) };
  },
  reply: (operation, output, request, requestId) =>
    isJson(request) ? writeJson('1.0', output) : writeQuery(operation, NAMESPACE, toQuery(operation, output), requestId),
  fail: ({ code, message, httpStatus, members }, requestId, request) => {
    const error = new AwsError(code, message, httpStatus, members);
    if (!isJson(request)) return failQuery(error, NAMESPACE, requestId, QUERY_CODES);
    return failJson('1.0', error, 'com.amazonaws.sqs', QUERY_CODES);
  },
};

function isJson(request: HttpRequest): boolean {
  return request.headers['x-amz-target'] !== undefined;
}

/** Lists and maps by the name that the Query protocol gives them, flattened and in the singular. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  TagKey: 'TagKeys',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
};
const MAPS: Readonly<Record<string, string>> = {
  Attribute: 'Attributes',
  MessageAttribute: 'MessageAttributes',
  MessageSystemAttribute: 'MessageSystemAttributes',
  Tags: 'Tags',
  /** CreateQueue's tags, whose member is written small in the API. */
  Tag: 'tags',
};
const NUMBERS = new Set([
  'DelaySeconds',
  'MaxNumberOfMessages',
  'VisibilityTimeout',
  'WaitTimeSeconds',
  'MaxResults',
  'MaxNumberOfMessagesPerSecond',
]);

function fromQuery(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]): [string, unknown] => {
      const list = LISTS[name];
      if (list !== undefined) return [list, asList(value).map((item) => (isObject(item) ? fromQuery(item) : item))];
      const map = MAPS[name];
      if (map !== undefined) return [map, Object.fromEntries(asList(value).map(mapEntry))];
      return [name, NUMBERS.has(name) && typeof value === 'string' ? Number(value) : value];
    }),
  );
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function mapEntry(entry: unknown): [string, unknown] {
  const { Name, Key, Value } = isObject(entry) ? entry : {};
  return [String(Name ?? Key ?? ''), Value ?? ''];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How the Query protocol calls the elements of a list or map. */
const ELEMENTS: Readonly<Record<string, string>> = {
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Messages: 'Message',
  Attributes: 'Attribute',
  MessageAttributes: 'MessageAttribute',
  Tags: 'Tag',
  Failed: 'BatchResultErrorEntry',
  Results: 'ListMessageMoveTasksResultEntry',
};

function toQuery(operation: string, output: unknown): unknown {
  if (Array.isArray(output)) return output.map((item) => toQuery(operation, item));
  if (output instanceof Uint8Array) return Buffer.from(output).toString('base64');
  if (!isObject(output)) return output;
  return Object.fromEntries(
    Object.entries(output).map(([name, value]): [string, unknown] => {
      const element = name === 'Successful' ? `${operation}ResultEntry` : ELEMENTS[name];
      if (element === undefined) return [name, toQuery(operation, value)];
      const key = name === 'Tags' ? 'Key' : 'Name';
      const items = Array.isArray(value)
        ? value
        : Object.entries(isObject(value) ? value : {}).map(([entry, Value]) => ({ [key]: entry, Value }));
      return [
        element,
        new XmlList(
          items.map((item) => toQuery(operation, item)),
          element,
          true,
        ),
      ];
    }),
  );
}
