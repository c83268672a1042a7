import { paginateListSubscriptions, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { stackPrefix } from '../stacks.ts';
import type { LeftoverKind } from './leftover.ts';

/** Subscriptions to the system's topics, such as the mails to the person on call. One that nobody has confirmed can't be taken out; it ends by itself ("DeleteTopic", "Subscribe"). */
export const subscriptions: LeftoverKind = {
  kind: 'subscription',
  async list({ sns }) {
    const found: { name: string; id: string }[] = [];
    for await (const { Subscriptions = [] } of paginateListSubscriptions({ client: sns }, {}))
      for (const { SubscriptionArn: id = '', TopicArn = '', Protocol, Endpoint } of Subscriptions) {
        const topic = TopicArn.split(':').at(-1) ?? '';
        if (topic.startsWith(stackPrefix) && id.startsWith('arn:')) found.push({ name: `${Protocol} ${Endpoint} to ${topic}`, id });
      }
    return found;
  },
  async remove({ id }, { sns }) {
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: id }));
  },
};
