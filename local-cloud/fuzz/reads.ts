import { isDeepStrictEqual } from 'node:util';

/** A value out of an input or an answer. */
export type Member = unknown;
type Members = Readonly<Record<string, Member>>;

/** By what a write can be read. */
export interface Read {
  readonly operation: string;
  readonly input: object;
  /** Whether the answer has what was written; that there is one is enough without. */
  readonly holds?: (found: Member) => boolean;
  /** There must be nothing any more. */
  readonly gone?: boolean;
}

/** How to read what an operation wrote; undefined when this input wrote nothing. */
type ReadsByOperation = Readonly<Record<string, (input: Members, output: Members) => Read | undefined>>;

/** What lies in a value at these names and numbers. */
function at(value: Member, ...path: readonly (string | number)[]): Member {
  return path.reduce<Member>((below, key) => (typeof below === 'object' && below !== null ? (below as Members)[key] : undefined), value);
}

/** Whether two values are the same to JSON. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one ?? null)), JSON.parse(JSON.stringify(other ?? null)));
}

const project = ({ name, description, sourceVersion, timeoutInMinutes }: Members): Read => ({
  operation: 'BatchGetProjects',
  input: { names: [name] },
  holds: (found) =>
    at(found, 'projects', 0, 'name') === name &&
    [
      ['description', description],
      ['sourceVersion', sourceVersion],
      ['timeoutInMinutes', timeoutInMinutes],
    ].every(([member, value]) => value === undefined || value === '' || isSame(at(found, 'projects', 0, String(member)), value)),
});
const build = (_input: Members, output: Members): Read => ({
  operation: 'BatchGetBuilds',
  input: { ids: [at(output, 'build', 'id')] },
  holds: (found) => at(found, 'builds', 0, 'id') === at(output, 'build', 'id'),
});

const codebuild: ReadsByOperation = {
  CreateProject: project,
  UpdateProject: project,
  DeleteProject: ({ name }) => ({
    operation: 'BatchGetProjects',
    input: { names: [name] },
    holds: (found) => isSame(at(found, 'projectsNotFound'), [name]),
  }),
  StartBuild: build,
  RetryBuild: build,
  StopBuild: (_input, output) => ({
    operation: 'BatchGetBuilds',
    input: { ids: [at(output, 'build', 'id')] },
    holds: (found) => at(found, 'builds', 0, 'buildComplete') === true,
  }),
};

const application = ({ applicationName }: Members): Read => ({ operation: 'GetApplication', input: { applicationName } });
const group = ({ applicationName, deploymentGroupName }: Members): Read => ({
  operation: 'GetDeploymentGroup',
  input: { applicationName, deploymentGroupName },
});
const config = ({ deploymentConfigName }: Members): Read => ({ operation: 'GetDeploymentConfig', input: { deploymentConfigName } });

const codedeploy: ReadsByOperation = {
  CreateApplication: application,
  DeleteApplication: (input) => ({ ...application(input), gone: true }),
  CreateDeploymentGroup: (input) => ({
    ...group(input),
    holds: (found) => at(found, 'deploymentGroupInfo', 'serviceRoleArn') === input['serviceRoleArn'],
  }),
  UpdateDeploymentGroup: ({ applicationName, currentDeploymentGroupName: deploymentGroupName, deploymentConfigName }) => ({
    ...group({ applicationName, deploymentGroupName }),
    holds: (found) =>
      deploymentConfigName === undefined || at(found, 'deploymentGroupInfo', 'deploymentConfigName') === deploymentConfigName,
  }),
  DeleteDeploymentGroup: ({ applicationName, deploymentGroupName }) => ({
    operation: 'GetDeploymentGroup',
    input: { applicationName, deploymentGroupName },
    gone: true,
  }),
  CreateDeploymentConfig: config,
  DeleteDeploymentConfig: (input) => ({ ...config(input), gone: true }),
  CreateDeployment: (input, { deploymentId }) => ({
    operation: 'GetDeployment',
    input: { deploymentId },
    // An empty one is told as none.
    holds: (found) => (at(found, 'deploymentInfo', 'description') ?? '') === (input['description'] ?? ''),
  }),
};

const repository = ({ repositoryName }: Members): Read => ({ operation: 'GetRepository', input: { repositoryName } });
const described = (input: Members): Read => ({
  ...repository(input),
  holds: (found) => isSame(at(found, 'repositoryMetadata', 'repositoryDescription'), input['repositoryDescription']),
});
const branch = ({ repositoryName, branchName }: Members): Read => ({ operation: 'GetBranch', input: { repositoryName, branchName } });

const codecommit: ReadsByOperation = {
  CreateRepository: described,
  UpdateRepositoryDescription: described,
  UpdateRepositoryName: ({ newName }) => repository({ repositoryName: newName }),
  DeleteRepository: (input) => ({ ...repository(input), gone: true }),
  UpdateDefaultBranch: (input) => ({
    ...repository(input),
    holds: (found) => at(found, 'repositoryMetadata', 'defaultBranch') === input['defaultBranchName'],
  }),
  CreateBranch: (input) => ({ ...branch(input), holds: (found) => at(found, 'branch', 'commitId') === input['commitId'] }),
  DeleteBranch: (input) => ({ ...branch(input), gone: true }),
  CreatePullRequest: (_input, output) => ({
    operation: 'GetPullRequest',
    input: { pullRequestId: at(output, 'pullRequest', 'pullRequestId') },
    holds: (found) => isSame(at(found, 'pullRequest', 'title'), at(output, 'pullRequest', 'title')),
  }),
};

const tagsOf = ({ ResourceARN }: Members) => ({ operation: 'ListTagsForResource', input: { ResourceARN } });
const monitoring: ReadsByOperation = {
  PutMetricAlarm: ({ AlarmName, AlarmDescription, EvaluationPeriods }) => ({
    operation: 'DescribeAlarms',
    input: { AlarmNames: [AlarmName] },
    holds: (found) =>
      at(found, 'MetricAlarms', 0, 'AlarmName') === AlarmName &&
      isSame(at(found, 'MetricAlarms', 0, 'AlarmDescription'), AlarmDescription) &&
      String(at(found, 'MetricAlarms', 0, 'EvaluationPeriods')) === String(Number(EvaluationPeriods)),
  }),
  DeleteAlarms: ({ AlarmNames }) => ({
    operation: 'DescribeAlarms',
    input: { AlarmNames },
    holds: (found) => isSame(at(found, 'MetricAlarms'), []),
  }),
  PutMetricData: ({ Namespace, MetricData }) => {
    const first = at(MetricData, 0);
    // Older values than of three hours are not kept (LIMITS.md).
    if (at(first, 'Timestamp') !== undefined) return undefined;
    return {
      operation: 'ListMetrics',
      input: { Namespace, MetricName: at(first, 'MetricName'), Dimensions: at(first, 'Dimensions') },
      holds: (found) => at(found, 'Metrics', 0, 'MetricName') === at(first, 'MetricName'),
    };
  },
  TagResource: (input) => ({
    ...tagsOf(input),
    holds: (found) => {
      const tags = at(found, 'Tags');
      const wanted = input['Tags'];
      // Of a key that stands twice, the last value counts.
      return Array.isArray(tags) && Array.isArray(wanted) && wanted.every((tag) => tags.some((one) => at(one, 'Key') === at(tag, 'Key')));
    },
  }),
};

const services: Readonly<Record<string, ReadsByOperation>> = { codebuild, codedeploy, codecommit, monitoring };

/** How what a service's operations write is read; undefined for a service of which nothing is read back. */
export function readsOf(service: string): ReadsByOperation | undefined {
  return Object.hasOwn(services, service) ? services[service] : undefined;
}
