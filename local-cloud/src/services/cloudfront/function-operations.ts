import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { alreadyExists, checkIfMatch, inUse, invalidArgument, noSuch } from './cloudfront-error.ts';
import { arnOf, type CloudFrontStore, type EdgeFunction, type FunctionStage, newId } from './cloudfront-store.ts';
import { behaviorsOf } from './distribution-config.ts';
import { compileFunction } from './edge-function.ts';
import { page, paging } from './pages.ts';

/** Amazon CloudFront Developer Guide, "Quotas", of CloudFront Functions. */
const MAX_CODE_BYTES = 10 * 1024;

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'has 1 to 64 letters, digits, _ and -');
const stage = z.enum(['DEVELOPMENT', 'LIVE']);
const settings = {
  FunctionConfig: z.strictObject({
    Comment: z.string(),
    Runtime: z.enum(['cloudfront-js-1.0', 'cloudfront-js-2.0']).transform((runtime): 'cloudfront-js-2.0' => {
      if (runtime === 'cloudfront-js-2.0') return runtime;
      throw new NotCarriedOut(`the CloudFront runtime "${runtime}"`);
    }),
  }),
  FunctionCode: z.instanceof(Uint8Array),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

/** Functions at the edge: written in the stage DEVELOPMENT, run by distributions from LIVE, to where they are published. */
export function functionOperations(store: CloudFrontStore) {
  const all = (context: CallContext) => store.of(context.account).functions;
  const on = (Name: string, action: string, context: CallContext) => [
    { action: `cloudfront:${action}`, resource: arnOf(context.account, 'function', Name) },
  ];
  const find = (Name: string, context: CallContext): EdgeFunction => {
    const found = all(context).get(Name);
    if (found === undefined) throw noSuch('NoSuchFunctionExists', 'function');
    return found;
  };
  const stageOf = (found: EdgeFunction, wanted: z.output<typeof stage>): FunctionStage => {
    const one = wanted === 'LIVE' ? found.live : found.development;
    if (one === undefined) throw noSuch('NoSuchFunctionExists', 'function');
    return one;
  };
  const developed = ({ FunctionConfig, FunctionCode }: Settings): FunctionStage => {
    if (FunctionCode.length > MAX_CODE_BYTES) throw invalidArgument(`The function's code has more than ${MAX_CODE_BYTES} bytes.`);
    const code = Buffer.from(FunctionCode).toString('utf8');
    compileFunction(code);
    return { etag: newId(), lastModified_ms: store.cloud.clock(), code, comment: FunctionConfig.Comment, runtime: FunctionConfig.Runtime };
  };
  const summary = (found: EdgeFunction, Stage: z.output<typeof stage>, context: CallContext) => {
    const { comment, runtime, lastModified_ms } = stageOf(found, Stage);
    return {
      Name: found.name,
      FunctionConfig: { Comment: comment, Runtime: runtime },
      FunctionMetadata: {
        FunctionARN: arnOf(context.account, 'function', found.name),
        Stage,
        CreatedTime: new Date(found.created_ms),
        LastModifiedTime: new Date(lastModified_ms),
      },
    };
  };

  return {
    CreateFunction: operation({
      input: z.strictObject({ Name: name, ...settings }),
      authorize: ({ Name }, context) => on(Name, 'CreateFunction', context),
      run: ({ Name, ...input }, context) => {
        if (all(context).get(Name) !== undefined) throw alreadyExists('FunctionAlreadyExists', `function named ${Name}`);
        const made = { name: Name, created_ms: store.cloud.clock(), development: developed(input) };
        all(context).put(Name, made);
        return { ETag: made.development.etag, FunctionSummary: summary(made, 'DEVELOPMENT', context) };
      },
    }),

    DescribeFunction: operation({
      input: z.strictObject({ Name: name, Stage: stage.default('DEVELOPMENT') }),
      authorize: ({ Name }, context) => on(Name, 'DescribeFunction', context),
      run: ({ Name, Stage }, context) => {
        const found = find(Name, context);
        return { ETag: stageOf(found, Stage).etag, FunctionSummary: summary(found, Stage, context) };
      },
    }),

    GetFunction: operation({
      input: z.strictObject({ Name: name, Stage: stage.default('DEVELOPMENT') }),
      authorize: ({ Name }, context) => on(Name, 'GetFunction', context),
      run: ({ Name, Stage }, context) => {
        const { etag, code } = stageOf(find(Name, context), Stage);
        return { ETag: etag, ContentType: 'application/octet-stream', FunctionCode: Buffer.from(code) };
      },
    }),

    UpdateFunction: operation({
      input: z.strictObject({ Name: name, IfMatch: z.string().optional(), ...settings }),
      authorize: ({ Name }, context) => on(Name, 'UpdateFunction', context),
      run: ({ Name, IfMatch, ...input }, context) => {
        const found = find(Name, context);
        checkIfMatch(IfMatch, found.development.etag);
        const changed = { ...found, development: developed(input) };
        all(context).put(Name, changed);
        return { ETag: changed.development.etag, FunctionSummary: summary(changed, 'DEVELOPMENT', context) };
      },
    }),

    PublishFunction: operation({
      input: z.strictObject({ Name: name, IfMatch: z.string().optional() }),
      authorize: ({ Name }, context) => on(Name, 'PublishFunction', context),
      run: ({ Name, IfMatch }, context) => {
        const found = find(Name, context);
        checkIfMatch(IfMatch, found.development.etag);
        const published = { ...found, live: { ...found.development, etag: newId(), lastModified_ms: store.cloud.clock() } };
        all(context).put(Name, published);
        return { FunctionSummary: summary(published, 'LIVE', context) };
      },
    }),

    DeleteFunction: operation({
      input: z.strictObject({ Name: name, IfMatch: z.string().optional() }),
      authorize: ({ Name }, context) => on(Name, 'DeleteFunction', context),
      run: ({ Name, IfMatch }, context) => {
        checkIfMatch(IfMatch, find(Name, context).development.etag);
        const arn = arnOf(context.account, 'function', Name);
        const user = store
          .of(context.account)
          .distributions.list()
          .find(({ config }) =>
            behaviorsOf(config).some(({ FunctionAssociations }) =>
              FunctionAssociations?.Items?.some(({ FunctionARN }) => FunctionARN === arn),
            ),
          );
        if (user !== undefined) throw inUse('FunctionInUse', 'function', `distribution ${user.id}`);
        all(context).delete(Name);
      },
    }),

    ListFunctions: operation({
      input: z.strictObject({ ...paging, Stage: stage.default('DEVELOPMENT') }),
      authorize: () => [{ action: 'cloudfront:ListFunctions', resource: '*' }],
      run: ({ Stage, ...input }, context) => {
        const there = all(context)
          .list()
          .filter((one) => Stage === 'DEVELOPMENT' || one.live !== undefined);
        const { items, members } = page(there, (one) => one.name, input);
        return { FunctionList: { ...members, Items: items.map((one) => summary(one, Stage, context)) } };
      },
    }),
  };
}
