import { queueList, topicList } from '../../shapes/queues.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { duration, lastPart, number } from '../data/wording.ts';
import { Ago, Badge, Card, Grid, Head, Load, Name } from '../design/parts.tsx';

export function QueuesPage() {
  const queues = useLoaded('/queues', queueList, {}, 3000);
  const topics = useLoaded('/topics', topicList, {}, 15_000);
  return (
    <>
      <Head title="Queues and topics" />
      <Card title="Queues" flush>
        <Load from={queues} empty={(data) => (data.queues.length === 0 ? 'No queue is deployed.' : undefined)}>
          {(data) => (
            <Grid
              label="Queues"
              head={['Queue', '#Waiting', '#Under way', '#Delayed', 'Oldest', 'Gives up to', '#Hidden for', '#Kept for']}
            >
              {data.queues.map((queue) => (
                <tr key={queue.name}>
                  <td>
                    <Name of={queue.name} kind="queue" href={hrefOf(['queues', queue.name])} />{' '}
                    {queue.dead_letters_of.length > 0 && <span className="quiet">dead letters</span>}
                  </td>
                  <td className="num">
                    {queue.dead_letters_of.length > 0 && queue.visible > 0 ? (
                      <Badge tone="fault">{number(queue.visible)}</Badge>
                    ) : (
                      number(queue.visible)
                    )}
                  </td>
                  <td className="num">{number(queue.in_flight)}</td>
                  <td className="num">{number(queue.delayed)}</td>
                  <td>{queue.oldest_sent_at === undefined ? <span className="quiet">–</span> : <Ago at={queue.oldest_sent_at} />}</td>
                  <td>
                    {queue.dead_letters === undefined ? (
                      <span className="quiet">–</span>
                    ) : (
                      <>
                        <Name of={queue.dead_letters.queue} href={hrefOf(['queues', queue.dead_letters.queue])} />{' '}
                        <span className="quiet">after {queue.dead_letters.after_receives}</span>
                      </>
                    )}
                  </td>
                  <td className="num">{duration(queue.visibility_s * 1000)}</td>
                  <td className="num">{duration(queue.retention_s * 1000)}</td>
                </tr>
              ))}
            </Grid>
          )}
        </Load>
      </Card>
      <Card title="Topics" flush>
        <Load from={topics} empty={(data) => (data.topics.length === 0 ? 'No topic is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Topics" head={['Topic', 'Tells', 'Of']}>
              {data.topics.flatMap((topic) =>
                topic.subscriptions.length === 0
                  ? [
                      <tr key={topic.arn}>
                        <td>
                          <Name of={topic.name} kind="topic" />
                        </td>
                        <td className="quiet">nobody</td>
                        <td />
                      </tr>,
                    ]
                  : topic.subscriptions.map((subscription, index) => (
                      <tr key={subscription.arn}>
                        <td>{index === 0 && <Name of={topic.name} kind="topic" />}</td>
                        <td>
                          {subscription.protocol === 'sqs' ? (
                            <Name
                              of={lastPart(subscription.endpoint)}
                              kind="queue"
                              href={hrefOf(['queues', lastPart(subscription.endpoint)])}
                            />
                          ) : (
                            `${subscription.protocol} ${lastPart(subscription.endpoint)}`
                          )}
                        </td>
                        <td className="mono wrap">{subscription.filter ?? <span className="quiet">everything</span>}</td>
                      </tr>
                    )),
              )}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}
