import { queryOptions } from '@tanstack/react-query';
import type { GraphQLClient } from '../graphql/client.ts';
import { MeDocument } from '../graphql/operations.generated.ts';

/** Who is signed in. */
export const meQuery = (graphql: GraphQLClient) =>
  queryOptions({
    queryKey: ['me'],
    queryFn: async ({ signal }) => (await graphql.request(MeDocument, {}, signal)).me,
    staleTime: 5 * 60_000,
  });
