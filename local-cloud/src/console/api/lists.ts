import type { Lists } from '../picture/read-system.ts';
import type { LogGroupList } from '../shapes/logs.ts';
import type { QueueList, TopicList } from '../shapes/queues.ts';
import type { TableList } from '../shapes/tables.ts';
import { logRoutes } from './log-routes.ts';
import type { Look, Route } from './route.ts';
import { tableRoutes } from './table-routes.ts';

/** The lists that other addresses answer with, for whoever needs all of them. */
export function listsOf(queueRoutes: readonly Route[]): Lists {
  const read =
    <T>(routes: readonly Route[], pattern: string) =>
    async (look: Look): Promise<T> => {
      const found = routes.find((one) => one.pattern === pattern);
      if (found === undefined) throw new Error(`no route ${pattern}`);
      return (await found.handle(look, { params: {}, query: {} as never, body: undefined as never })) as T;
    };
  return {
    queues: read<QueueList>(queueRoutes, '/queues'),
    topics: read<TopicList>(queueRoutes, '/topics'),
    tables: read<TableList>(tableRoutes, '/tables'),
    logGroups: read<LogGroupList>(logRoutes, '/log-groups'),
  };
}
