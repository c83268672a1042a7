import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from './sqs-service.ts';

/** For tests: SQS on a clock that the test moves, through the SDK's client. */
export class SqsTestClient {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 5, 1);
  cloud!: TestCloud;
  sdk!: SQSClient;

  static async start(): Promise<SqsTestClient> {
    const client = new SqsTestClient();
    client.#open(await startTestCloud([createSqs], { clock: () => client.now }));
    return client;
  }

  /** As after a restart of the process, under another port. */
  async restart(): Promise<void> {
    this.sdk.destroy();
    this.#open(await this.cloud.restart());
  }

  async stop(): Promise<void> {
    this.sdk.destroy();
    await this.cloud.stop();
  }

  async createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = '' } = await this.sdk.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  }

  async send(QueueUrl: string, MessageBody: string): Promise<void> {
    await this.sdk.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }

  async receive(QueueUrl: string, options: Partial<ReceiveMessageCommand['input']> = {}): Promise<Message[]> {
    const { Messages = [] } = await this.sdk.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...options }),
    );
    return Messages;
  }

  async attributes(QueueUrl: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.sdk.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes;
  }

  #open(cloud: TestCloud): void {
    this.cloud = cloud;
    this.sdk = new SQSClient(cloud.client);
  }
}
