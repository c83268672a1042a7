import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import type { Group } from './user-pool-store.ts';
import { pageAfter, readToken, type UserPools } from './user-pools.ts';
import { shownUser } from './users.ts';

const ofGroup = { UserPoolId: z.string(), GroupName: z.string().regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u) };
const groupSettings = { Description: z.string().max(2048).optional(), Precedence: z.int().min(0).optional() };
const ofMember = { ...ofGroup, Username: z.string() };
const limit = z.int().min(0).max(60).default(60);

export function groupOperations(pools: UserPools): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { UserPoolId: string }, context: CallContext) =>
    pools.authorization(action, input.UserPoolId, context);

  return {
    CreateGroup: operation({
      input: z.strictObject({ ...ofGroup, ...groupSettings }),
      authorize: allow('CreateGroup'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        const store = pools.in(context);
        if (store.group(pool.id, input.GroupName) !== undefined)
          throw new AwsError('GroupExistsException', 'A group with the name already exists.');
        const now = context.cloud.clock();
        const group: Group = {
          poolId: pool.id,
          name: input.GroupName,
          description: input.Description,
          precedence: input.Precedence,
          createdAt_ms: now,
          modifiedAt_ms: now,
        };
        store.putGroup(group);
        return { Group: shown(group) };
      },
    }),

    GetGroup: operation({
      input: z.strictObject(ofGroup),
      authorize: allow('GetGroup'),
      run: (input, context) => ({ Group: shown(pools.group(input.UserPoolId, input.GroupName, context)) }),
    }),

    UpdateGroup: operation({
      input: z.strictObject({ ...ofGroup, ...groupSettings }),
      authorize: allow('UpdateGroup'),
      run: (input, context) => {
        const group = pools.group(input.UserPoolId, input.GroupName, context);
        const updated: Group = {
          ...group,
          description: input.Description ?? group.description,
          precedence: input.Precedence ?? group.precedence,
          modifiedAt_ms: context.cloud.clock(),
        };
        pools.in(context).putGroup(updated);
        return { Group: shown(updated) };
      },
    }),

    DeleteGroup: operation({
      input: z.strictObject(ofGroup),
      authorize: allow('DeleteGroup'),
      run: (input, context) => {
        const group = pools.group(input.UserPoolId, input.GroupName, context);
        pools.in(context).deleteGroup(group.poolId, group.name);
      },
    }),

    ListGroups: operation({
      input: z.strictObject({ UserPoolId: z.string(), Limit: limit, NextToken: z.string().optional() }),
      authorize: allow('ListGroups'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        const { items, next } = pageAfter(pools.in(context).groups(pool.id), ({ name }) => name, input.Limit || 60, input.NextToken);
        return { Groups: items.map(shown), NextToken: next };
      },
    }),

    AdminAddUserToGroup: operation({
      input: z.strictObject(ofMember),
      authorize: allow('AdminAddUserToGroup'),
      run: (input, context) => {
        const { user } = pools.user(input.UserPoolId, input.Username, context);
        pools.in(context).join(user, pools.group(input.UserPoolId, input.GroupName, context));
      },
    }),

    AdminRemoveUserFromGroup: operation({
      input: z.strictObject(ofMember),
      authorize: allow('AdminRemoveUserFromGroup'),
      run: (input, context) => {
        const { user } = pools.user(input.UserPoolId, input.Username, context);
        pools.in(context).leave(user, pools.group(input.UserPoolId, input.GroupName, context));
      },
    }),

    AdminListGroupsForUser: operation({
      input: z.strictObject({ UserPoolId: z.string(), Username: z.string(), Limit: limit, NextToken: z.string().optional() }),
      authorize: allow('AdminListGroupsForUser'),
      run: (input, context) => {
        const { user } = pools.user(input.UserPoolId, input.Username, context);
        const store = pools.in(context);
        const groups = store.groupsOf(user).flatMap((name) => store.group(user.poolId, name) ?? []);
        const { items, next } = pageAfter(groups, ({ name }) => name, input.Limit || 60, input.NextToken);
        return { Groups: items.map(shown), NextToken: next };
      },
    }),

    ListUsersInGroup: operation({
      input: z.strictObject({ ...ofGroup, Limit: limit, NextToken: z.string().optional() }),
      authorize: allow('ListUsersInGroup'),
      run: (input, context) => {
        const group = pools.group(input.UserPoolId, input.GroupName, context);
        const store = pools.in(context);
        const names = store.members(group.poolId, group.name, readToken(input.NextToken));
        const { items, next } = pageAfter(names, (name) => name, input.Limit || 60, input.NextToken);
        return { Users: items.flatMap((name) => store.user(group.poolId, name) ?? []).map((user) => shownUser(user)), NextToken: next };
      },
    }),
  };
}

function shown(group: Group): Record<string, unknown> {
  return {
    GroupName: group.name,
    UserPoolId: group.poolId,
    Description: group.description,
    Precedence: group.precedence,
    CreationDate: new Date(group.createdAt_ms),
    LastModifiedDate: new Date(group.modifiedAt_ms),
  };
}
