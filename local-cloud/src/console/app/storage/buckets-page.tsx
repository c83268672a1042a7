import { bucketList, objectDetail, objectPage } from '../../shapes/buckets.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf, type Place } from '../data/router.ts';
import { bytes, dayAndTime, shortName } from '../data/wording.ts';
import { Json } from '../design/json.tsx';
import { Card, Facts, Grid, Head, Load, Name } from '../design/parts.tsx';

export function BucketsPage() {
  const buckets = useLoaded('/buckets', bucketList, {}, 15_000);
  return (
    <>
      <Head title="Buckets" />
      <Card flush>
        <Load from={buckets} empty={(data) => (data.buckets.length === 0 ? 'No bucket is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Buckets" head={['Bucket', 'Name', 'Made (UTC)']}>
              {data.buckets.map((bucket) => (
                <tr key={bucket.name}>
                  <td>
                    <Name of={bucket.name} kind="bucket" href={hrefOf(['buckets', bucket.name])} />
                  </td>
                  <td className="mono">{bucket.name}</td>
                  <td className="mono">{dayAndTime(bucket.created_at)}</td>
                </tr>
              ))}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}

/** One bucket, folder by folder; an object's beginning where it is text. */
export function BucketPage({ name, place }: { name: string; place: Place }) {
  const prefix = place.query.get('prefix') ?? '';
  const key = place.query.get('key');
  const objects = useLoaded(`/buckets/${encodeURIComponent(name)}/objects`, objectPage, {
    prefix,
    after: place.query.get('after') ?? undefined,
  });
  const parts = prefix.split('/').filter((part) => part !== '');
  return (
    <>
      <Head title={shortName(name)} back={{ href: '#/buckets', name: 'Buckets' }}>
        <nav aria-label="Folder" className="crumbs mono">
          <a href={hrefOf(['buckets', name])}>{name}</a>
          {parts.map((part, index) => {
            const path = `${parts.slice(0, index + 1).join('/')}/`;
            return (
              <span key={path}>
                {' / '}
                <a href={hrefOf(['buckets', name], { prefix: path })}>{part}</a>
              </span>
            );
          })}
        </nav>
      </Head>
      {key !== null && <ObjectCard bucket={name} objectKey={key} />}
      <Card flush>
        <Load from={objects} empty={(data) => (data.objects.length + data.folders.length === 0 ? 'It is empty here.' : undefined)}>
          {(data) => (
            <>
              <Grid label="Objects" head={['Key', '#Size', 'Changed (UTC)']}>
                {data.folders.map((folder) => (
                  <tr key={folder}>
                    <td className="mono">
                      <a href={hrefOf(['buckets', name], { prefix: folder })}>{folder.slice(prefix.length)}</a>
                    </td>
                    <td />
                    <td />
                  </tr>
                ))}
                {data.objects.map((object) => (
                  <tr key={object.key}>
                    <td className="mono">
                      <a href={hrefOf(['buckets', name], { prefix, key: object.key })}>{object.key.slice(prefix.length)}</a>
                    </td>
                    <td className="num">{bytes(object.bytes)}</td>
                    <td className="mono">{dayAndTime(object.modified_at)}</td>
                  </tr>
                ))}
              </Grid>
              {data.next !== undefined && (
                <div className="pager">
                  <a className="button" href={hrefOf(['buckets', name], { prefix, after: data.next })}>
                    Next page
                  </a>
                </div>
              )}
            </>
          )}
        </Load>
      </Card>
    </>
  );
}

function ObjectCard({ bucket, objectKey }: { bucket: string; objectKey: string }) {
  const loaded = useLoaded(`/buckets/${encodeURIComponent(bucket)}/object`, objectDetail, { key: objectKey });
  return (
    <Card title={objectKey}>
      <Load from={loaded}>
        {(object) => (
          <>
            <Facts
              of={[
                ['Size', bytes(object.bytes)],
                ['Type', object.content_type],
                ['Changed', dayAndTime(object.modified_at)],
                ...Object.entries(object.metadata),
              ]}
            />
            {object.text === undefined ? (
              <p className="quiet">It is no plain text.</p>
            ) : (
              <Json value={object.text} label="The object’s text" />
            )}
            {object.is_cut && <p className="quiet">Only its beginning is shown.</p>}
          </>
        )}
      </Load>
    </Card>
  );
}
