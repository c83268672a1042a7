import { useState } from 'react';
import { messageList, queueList, startedMove } from '../../shapes/queues.ts';
import { change, useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { number, shortName } from '../data/wording.ts';
import { Json } from '../design/json.tsx';
import { Ago, Badge, Card, Facts, Head, Load, Trouble } from '../design/parts.tsx';

/** One queue: its messages, which looking at doesn't receive; from dead letters the way back. */
export function QueuePage({ name }: { name: string }) {
  const queues = useLoaded('/queues', queueList, {}, 2000);
  const messages = useLoaded(`/queues/${encodeURIComponent(name)}/messages`, messageList, {}, 2000);
  const queue = queues.data?.queues.find((one) => one.name === name);
  const isDead = (queue?.dead_letters_of.length ?? 0) > 0;
  return (
    <>
      <Head title={shortName(name)} back={{ href: '#/queues', name: 'Queues' }}>
        <code>{name}</code>
      </Head>
      {queue !== undefined && (
        <Facts
          of={[
            ['Waiting', number(queue.visible)],
            ['Under way', number(queue.in_flight)],
            ['Delayed', number(queue.delayed)],
            [
              'Gives up to',
              queue.dead_letters === undefined ? (
                'nothing'
              ) : (
                <a key="dead" href={hrefOf(['queues', queue.dead_letters.queue])}>
                  {shortName(queue.dead_letters.queue)}
                </a>
              ),
            ],
            ...(isDead ? ([['Dead letters of', queue.dead_letters_of.map(shortName).join(', ')]] as const) : []),
          ]}
        />
      )}
      {isDead && queue !== undefined && <SendBack name={name} waiting={queue.visible} onSent={messages.reload} />}
      <Card title="Messages" more={<span className="quiet">oldest first; looking receives nothing</span>} flush>
        <Load from={messages} empty={(data) => (data.messages.length === 0 ? 'It is empty.' : undefined)}>
          {(data) => (
            <ul className="messages">
              {data.messages.map((message) => (
                <li key={message.message_id}>
                  <details>
                    <summary>
                      <Badge tone={message.state === 'visible' ? 'info' : 'quiet'}>{message.state.replace('_', ' ')}</Badge>
                      <span className="mono cut">{message.body.slice(0, 200)}</span>
                      <span className="quiet">
                        <Ago at={message.sent_at} />, received {message.receive_count}×
                      </span>
                    </summary>
                    <Json value={message.body} label="The message" />
                    <p className="pad">
                      <code>{message.message_id}</code>{' '}
                      {message.trace_id !== undefined && <a href={hrefOf(['traces', message.trace_id])}>Its trace</a>}{' '}
                      {message.dead_letter_source !== undefined && (
                        <span className="quiet">from {shortName(message.dead_letter_source)}</span>
                      )}
                    </p>
                  </details>
                </li>
              ))}
            </ul>
          )}
        </Load>
        {messages.data !== undefined && messages.data.moves.length > 0 && (
          <p className="pad quiet">
            {messages.data.moves
              .map(
                (move) =>
                  `Sent back ${move.moved} of ${move.of} (${move.status.toLowerCase()}${move.reason === undefined ? '' : `: ${move.reason}`})`,
              )
              .join(' · ')}
          </p>
        )}
      </Card>
    </>
  );
}

function SendBack({ name, waiting, onSent }: { name: string; waiting: number; onSent: () => void }) {
  const [error, setError] = useState<string>();
  const send = async () => {
    try {
      await change(`/queues/${encodeURIComponent(name)}/send-back`, startedMove, {});
      setError(undefined);
      onSent();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <div className="action">
      <button type="button" className="button" disabled={waiting === 0} onClick={() => void send()}>
        Send {waiting === 0 ? 'messages' : `${waiting}`} back to where {waiting === 1 ? 'it' : 'they'} came from
      </button>
      {error !== undefined && <Trouble>{error}</Trouble>}
    </div>
  );
}
