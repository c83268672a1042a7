import type { ReactNode } from 'react';
import { AlarmPage } from './alarms/alarm-page.tsx';
import { AlarmsPage } from './alarms/alarms-page.tsx';
import type { Place } from './data/router.ts';
import { Head } from './design/parts.tsx';
import { FunctionPage } from './functions/function-page.tsx';
import { FunctionsPage } from './functions/functions-page.tsx';
import { InvocationPage } from './functions/invocation-page.tsx';
import { LogsPage } from './logs/logs-page.tsx';
import { ParticlePage } from './particle/particle-page.tsx';
import { pipelinePageAt } from './pipelines/pages.tsx';
import { QueuePage } from './queues/queue-page.tsx';
import { QueuesPage } from './queues/queues-page.tsx';
import { StackPage, StacksPage } from './stacks/stacks-page.tsx';
import { BucketPage, BucketsPage } from './storage/buckets-page.tsx';
import { MailPage } from './storage/mail-page.tsx';
import { ParametersPage } from './storage/parameters-page.tsx';
import { SystemPage } from './system/system-page.tsx';
import { TablePage, TablesPage } from './tables/tables-page.tsx';
import { TracePage } from './traces/trace-page.tsx';
import { TracesPage } from './traces/traces-page.tsx';
import { UsagePage } from './usage/usage-page.tsx';

/** The page of an address. */
export function pageAt(place: Place): ReactNode {
  const [page = '', name] = place.path;
  switch (page) {
    case '':
      return <SystemPage />;
    case 'traces':
      return name === undefined ? <TracesPage place={place} /> : <TracePage key={name} id={name} place={place} />;
    case 'functions':
      return name === undefined ? <FunctionsPage /> : <FunctionPage key={name} name={name} place={place} />;
    case 'invocations':
      return <InvocationPage key={name} id={name ?? ''} />;
    case 'logs':
      return <LogsPage place={place} />;
    case 'alarms':
      return name === undefined ? <AlarmsPage /> : <AlarmPage key={name} name={name} />;
    case 'tables':
      return name === undefined ? <TablesPage /> : <TablePage key={name} name={name} place={place} />;
    case 'queues':
      return name === undefined ? <QueuesPage /> : <QueuePage key={name} name={name} />;
    case 'buckets':
      return name === undefined ? <BucketsPage /> : <BucketPage key={name} name={name} place={place} />;
    case 'parameters':
      return <ParametersPage />;
    case 'mail':
      return <MailPage />;
    case 'stacks':
      return name === undefined ? <StacksPage /> : <StackPage key={name} name={name} />;
    case 'particle':
      return <ParticlePage />;
    case 'pipelines':
      return pipelinePageAt(place);
    case 'usage':
      return <UsagePage />;
    default:
      return (
        <Head title="No such page">
          <a href="#/">To the system</a>
        </Head>
      );
  }
}
