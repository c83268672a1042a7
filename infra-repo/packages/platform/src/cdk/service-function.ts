import { ArnFormat, Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  FunctionUrlAuthType,
  type IFunction,
  InvokeMode,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { bundledCode } from './bundled-code.ts';
import { acknowledge } from './service-app.ts';
import { TrafficShift } from './traffic-shift.ts';
import { encryptedQueue } from './work-queue.ts';

export interface ServiceFunctionProps {
  /** The repo's name: the function's logs are `/enstratus/functions/<repo>/<name>`. */
  readonly repo: string;
  /** Verb and noun, as in the entry's file name: `receive-status`. */
  readonly name: string;
  /** The file of the entry (`*.lambda.ts`), which exports `handler`. */
  readonly entry: string;
  readonly description: string;
  /** 10 seconds where nothing is said. */
  readonly timeout?: Duration;
  /** 256 MiB where nothing is said. Lambda gives CPU in proportion to it. */
  readonly memory_mib?: number;
  /**
   * It is called asynchronously (by CloudFormation, by S3, with InvocationType Event): what still fails after Lambda's two further
   * tries is kept in a dead letter queue.
   */
  readonly asynchronous?: boolean;
  /**
   * When a new version is taken back while calls shift to it: by `errors` of its own (where nothing is said), or by what the stack says with `shift.takenBackBy` and
   * `shift.takenBackOn`. Without a meaning where it is asynchronous.
   */
  readonly takenBackBy?: 'errors' | 'what the stack says';
  /** None where nothing is said: a new account may have a concurrency of 10 in all, and then any reservation fails to deploy. */
  readonly reservedConcurrency?: number;
}

export type TableAction =
  | 'dynamodb:GetItem'
  | 'dynamodb:BatchGetItem'
  | 'dynamodb:Query'
  | 'dynamodb:PutItem'
  | 'dynamodb:UpdateItem'
  | 'dynamodb:DeleteItem'
  | 'dynamodb:ConditionCheckItem';

/** Actions on a log group itself. */
export type LogGroupAction = 'logs:CreateLogGroup' | 'logs:PutRetentionPolicy';
/** Actions on one stream of a log group, or on several by a name with `*`. */
export type LogStreamAction = 'logs:CreateLogStream' | 'logs:PutLogEvents';
export type ParameterAction = 'ssm:GetParameter' | 'ssm:PutParameter' | 'ssm:DeleteParameter';

/**
 * A Lambda function as every repo here deploys it: Node 24 on arm64, bundled by esbuild with its SDK, JSON logs in a group of its own
 * kept for 30 days, and a role of its own that may do nothing but write those logs. Everything else comes by the methods below: each
 * grants precise actions on one resource AND tells the function its name by an environment variable.
 */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;
  /** How calls go over to a new version. None where it is asynchronous: CloudFormation calls it in the deployment that brings its new version. */
  readonly shift: TrafficShift | undefined;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly timeout: Duration;
  /** Where `asynchronous`: the calls that failed for good. */
  readonly deadLetters: IQueue | undefined;
  /** What it is told that is known only when it is deployed, as short as tells one from another: a version's description has at most 256 characters. */
  readonly #told = new Set<string>();

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout ?? Duration.seconds(10);
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/enstratus/functions/${props.repo}/${props.name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.name} of ${props.repo} may do`,
    });
    this.deadLetters = props.asynchronous === true ? encryptedQueue(this, 'DeadLetters', { isDeadLetterQueue: true }) : undefined;
    this.lambda = new LambdaFunction(this, 'Function', {
      code: bundledCode(props.entry),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory_mib ?? 256,
      timeout: this.timeout,
      role: this.role,
      logGroup: this.logGroup,
      // A dependency that uses what Node wants to give up is nobody's error: without this each cold start would log one.
      environment: { NODE_OPTIONS: '--disable-warning=DEP0040' },
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // The platform's start and report lines of a request would cost more to ingest than the request itself.
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(this.deadLetters === undefined ? {} : { deadLetterQueue: this.deadLetters }),
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.shift =
      props.asynchronous === true
        ? undefined
        : new TrafficShift(this, 'Shift', { lambda: this.lambda, name: props.name, told: () => [...this.#told] });
    if (props.takenBackBy !== 'what the stack says') this.shift?.takenBackOnErrors();
  }

  /** What everybody calls: the alias `live` where calls shift to new versions, else the function itself. */
  get live(): IFunction {
    // CDK's types let an alias have no role where they say that a function has one: not what exactOptionalPropertyTypes takes.
    return (this.shift?.alias as IFunction | undefined) ?? this.lambda;
  }

  /** How calls go over to a new version. Throws an Error for a function that is asynchronous. */
  get shifted(): TrafficShift {
    if (this.shift === undefined) throw new Error(`${this.node.path} is asynchronous: no calls shift to its new versions`);
    return this.shift;
  }

  /** Grants the actions on the table itself (not on its indexes) and sets TABLE_NAME. */
  usesTable(tableName: string, actions: readonly TableAction[]): this {
    this.allow(actions, Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName: tableName }));
    return this.tell('TABLE_NAME', tableName);
  }

  /** Grants dynamodb:Query on these indexes of the table, and sets TABLE_NAME. What is read of the table itself takes `usesTable`. */
  queriesIndexes(tableName: string, indexNames: readonly string[]): this {
    for (const index of indexNames) {
      this.allow(
        ['dynamodb:Query'],
        Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName: `${tableName}/index/${index}` }),
      );
    }
    return this.tell('TABLE_NAME', tableName);
  }

  /** Grants sns:Publish on the topic and sets the variable to its ARN. */
  publishesTo(topicArn: string, variable: string): this {
    this.allow(['sns:Publish'], topicArn);
    return this.tell(variable, topicArn, arnName(topicArn));
  }

  /** Grants sqs:SendMessage on the queue and sets the variable to its URL. */
  sendsTo(queue: IQueue, variable: string): this {
    this.allow(['sqs:SendMessage'], queue.queueArn);
    return this.tell(variable, queue.queueUrl, queue.queueName);
  }

  /** Grants s3:PutObject under the prefix (the whole bucket where none is given) and sets the variable to the bucket's name. */
  writesTo(bucketName: string, variable: string, prefix = ''): this {
    this.allow(
      ['s3:PutObject'],
      `arn:${Stack.of(this).partition}:s3:::${bucketName}/${prefix}*`,
      "An object's key is only known when it is written.",
    );
    return this.tell(variable, bucketName);
  }

  /** Grants s3:GetObject on one object and on nothing beside it. Which one it is stands in what the function is asked, so no variable is set. */
  readsObject(bucketName: string, key: string): this {
    this.allow(['s3:GetObject'], `arn:${Stack.of(this).partition}:s3:::${bucketName}/${key}`);
    return this;
  }

  /**
   * Grants what it takes to fill a bucket and to keep it tidy: listing it, putting and deleting objects, and reading the one in which the function
   * remembers what it did. The bucket stands in what the function is asked, so no variable is set.
   */
  fillsBucket(bucketName: string, { remembersIn }: { readonly remembersIn: string }): this {
    const bucket = `arn:${Stack.of(this).partition}:s3:::${bucketName}`;
    // Who may not list a bucket is told that an object is forbidden, not that it isn't there.
    this.allow(['s3:ListBucket'], bucket);
    this.allow(['s3:GetObject'], `${bucket}/${remembersIn}`);
    this.allow(['s3:PutObject', 's3:DeleteObject'], `${bucket}/*`, "An object's key is only known when it is written.");
    return this;
  }

  /**
   * Grants appsync:GraphQL on these fields of an API that lets IAM in, such as `Mutation.publishDeviceStatus`, and sets the variable to the API's URL.
   * A request is signed with the function's credentials for the service `appsync`.
   */
  callsGraphql(api: { readonly arn: string; readonly url: string }, fields: readonly string[], variable: string): this {
    for (const field of fields) {
      const [type, name] = field.split('.');
      if (name === undefined) throw new Error(`${field} names no field: it must be <type>.<field>`);
      this.allow(['appsync:GraphQL'], `${api.arn}/types/${type}/fields/${name}`);
    }
    return this.tell(variable, api.url, hostLabel(api.url));
  }

  /**
   * Grants actions on one parameter and sets the variable to its NAME: a secret's value is read at run time and is never in a template. Needs
   * no KMS grant as long as the parameter is encrypted with the account's own key of Parameter Store.
   */
  usesSecretParameter(parameterName: string, variable: string, actions: readonly ParameterAction[] = ['ssm:GetParameter']): this {
    this.allow(
      actions,
      Stack.of(this).formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: parameterName.replace(/^\//, ''),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    return this.tell(variable, parameterName);
  }

  /**
   * Grants actions on every log group whose name starts with the prefix, and on their stream of the given name, and sets the variable to the prefix.
   */
  usesLogGroups(
    prefix: string,
    variable: string,
    {
      group = [],
      stream = [],
      streamName,
    }: { readonly group?: readonly LogGroupAction[]; readonly stream?: readonly LogStreamAction[]; readonly streamName: string },
  ): this {
    const groups = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const everyDevice = 'One log group a device, named when the device is registered: only the prefix is known before.';
    if (group.length > 0) this.allow(group, groups, everyDevice);
    if (stream.length > 0) this.allow(stream, `${groups}:log-stream:${streamName}`, everyDevice);
    return this.tell(variable, prefix);
  }

  /**
   * An HTTPS address that anybody can call (authentication is the function's own matter), answered in one piece. Grants what AWS demands of
   * such an address since October 2025: lambda:InvokeFunctionUrl, and lambda:InvokeFunction when called through the address.
   */
  publicUrl(): string {
    return this.live.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.BUFFERED }).url;
  }

  /**
   * Lets the function tell its part of sampled traces (`traced` of the runtime) to X-Ray, by a grant of xray:PutTraceSegments. The mode says whose traces are sampled
   * (ADR 0009): with `PassThrough` those alone that come with a tracing header that says so, which costs nothing by itself; with `Active` also one a second and 5 % of
   * the others, $5 a million, so only where little goes on.
   */
  recordsTraces(mode: 'PassThrough' | 'Active'): this {
    this.allow(['xray:PutTraceSegments'], '*', 'X-Ray knows no resource for the action.');
    (this.lambda.node.defaultChild as CfnFunction).tracingConfig = { mode };
    return this;
  }

  /** Sets an environment variable that goes with no grant. `short` tells values of it apart, where they are long and known only when it is deployed. */
  tell(variable: string, value: string, short = value): this {
    this.lambda.addEnvironment(variable, value);
    if (Token.isUnresolved(value)) this.#told.add(short);
    return this;
  }

  /** A resource with a wildcard needs the reason why it can't be named: cdk-nag fails the synthesis of one that has none. */
  private allow(actions: readonly string[], resource: string, whyWildcard?: string): void {
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
    if (whyWildcard !== undefined)
      acknowledge(this.role, { [`AwsSolutions-IAM5[Resource::${this.asFindingNames(resource)}]`]: whyWildcard });
  }

  /** The resource as cdk-nag writes it in a finding's id: a reference is `<LogicalId>`. */
  private asFindingNames(resource: string): string {
    const resolved: string | { readonly 'Fn::Join': readonly ['', readonly (string | { readonly Ref: string })[]] } =
      Stack.of(this).resolve(resource);
    if (typeof resolved === 'string') return resolved;
    return resolved['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
  }
}

/** The name at the end of an ARN that has six parts. */
const arnName = (arn: string): string => (Token.isUnresolved(arn) ? Fn.select(5, Fn.split(':', arn)) : arn);

/** The first label of a URL's host, which AWS makes anew for each API. */
const hostLabel = (url: string): string => (Token.isUnresolved(url) ? Fn.select(0, Fn.split('.', Fn.select(2, Fn.split('/', url)))) : url);
