import { useState } from 'react';
import { stackDetail, stackList } from '../../shapes/stacks.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { dayAndTime, timeOfDay } from '../data/wording.ts';
import { Badge, Card, Facts, Grid, Head, Load, type Tone } from '../design/parts.tsx';

const toneOf = (status: string): Tone => (/FAILED|ROLLBACK/.test(status) ? 'fault' : status.endsWith('_IN_PROGRESS') ? 'warn' : 'good');

export function StacksPage() {
  const stacks = useLoaded('/stacks', stackList, {}, 3000);
  return (
    <>
      <Head title="Stacks" />
      <Card flush>
        <Load from={stacks} empty={(data) => (data.stacks.length === 0 ? 'Nothing is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Stacks" head={['Stack', 'Status', '#Resources', 'Changed (UTC)']}>
              {data.stacks.map((stack) => (
                <tr key={stack.name}>
                  <td className="elastic">
                    <a className="name" href={hrefOf(['stacks', stack.name])}>
                      {stack.name}
                    </a>
                    <div className="quiet small">{stack.description}</div>
                  </td>
                  <td>
                    <Badge tone={toneOf(stack.status)}>{stack.status}</Badge>
                  </td>
                  <td className="num">{stack.resources}</td>
                  <td className="mono">{dayAndTime(stack.updated_at ?? stack.created_at)}</td>
                </tr>
              ))}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}

/** Where a resource can be looked into, by its type. */
function hrefOfResource(type: string, physicalId: string): string | undefined {
  switch (type) {
    case 'AWS::Lambda::Function':
      return hrefOf(['functions', physicalId]);
    case 'AWS::DynamoDB::Table':
      return hrefOf(['tables', physicalId]);
    case 'AWS::S3::Bucket':
      return hrefOf(['buckets', physicalId]);
    case 'AWS::SQS::Queue':
      return hrefOf(['queues', physicalId.slice(physicalId.lastIndexOf('/') + 1)]);
    case 'AWS::Logs::LogGroup':
      return hrefOf(['logs'], { group: physicalId });
    default:
      return undefined;
  }
}

/** One stack: resources, outputs, events. */
export function StackPage({ name }: { name: string }) {
  const loaded = useLoaded(`/stacks/${encodeURIComponent(name)}`, stackDetail, {}, 3000);
  const [part, setPart] = useState('');
  return (
    <>
      <Head title={name} back={{ href: '#/stacks', name: 'Stacks' }} />
      <Load from={loaded}>
        {(stack) => (
          <>
            <p className="lead">{stack.description}</p>
            <Facts
              of={[
                [
                  'Status',
                  <Badge key="s" tone={toneOf(stack.status)}>
                    {stack.status}
                  </Badge>,
                ],
                ...(stack.reason === undefined ? [] : ([['Because', stack.reason]] as const)),
                ['Made', dayAndTime(stack.created_at)],
                ['Changed', stack.updated_at === undefined ? 'never' : dayAndTime(stack.updated_at)],
              ]}
            />
            <Card
              title={`${stack.resources} resources`}
              flush
              more={
                <input
                  className="search"
                  type="search"
                  aria-label="Resources that contain"
                  placeholder="id or type contains"
                  value={part}
                  onChange={(event) => setPart(event.target.value)}
                />
              }
            >
              <Grid label="Resources" head={['Logical id', 'Type', 'Status', 'Physical id']} sticky>
                {stack.resources_of
                  .filter((one) => `${one.logical_id} ${one.type} ${one.physical_id}`.toLowerCase().includes(part.toLowerCase()))
                  .map((one) => {
                    const href = hrefOfResource(one.type, one.physical_id);
                    return (
                      <tr key={one.logical_id}>
                        <td>{one.logical_id}</td>
                        <td className="quiet">{one.type.replace('AWS::', '')}</td>
                        <td>
                          <Badge tone={toneOf(one.status)}>{one.status}</Badge> {one.reason}
                        </td>
                        <td className="mono">{href === undefined ? one.physical_id : <a href={href}>{one.physical_id}</a>}</td>
                      </tr>
                    );
                  })}
              </Grid>
            </Card>
            <div className="pair">
              <Card title="Outputs" flush>
                <Grid label="Outputs" head={['Output', 'Value']}>
                  {stack.outputs.map((one) => (
                    <tr key={one.key}>
                      <td title={one.description}>{one.key}</td>
                      <td className="mono wrap">{one.value}</td>
                    </tr>
                  ))}
                </Grid>
              </Card>
              <Card title="Latest events" flush>
                <Grid label="Events" head={['At (UTC)', 'Resource', 'Status']} sticky>
                  {stack.events.map((event, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: one resource may have two events at once
                    <tr key={`${event.at} ${event.logical_id} ${index}`}>
                      <td className="mono">{timeOfDay(event.at)}</td>
                      <td>{event.logical_id}</td>
                      <td>
                        <Badge tone={toneOf(event.status)}>{event.status}</Badge> {event.reason}
                      </td>
                    </tr>
                  ))}
                </Grid>
              </Card>
            </div>
          </>
        )}
      </Load>
    </>
  );
}
