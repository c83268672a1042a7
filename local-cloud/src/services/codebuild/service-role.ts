import { randomBytes } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, HttpReply, HttpRequest } from '../../kernel/service.ts';
import { assumeRole, type RoleCredentials } from '../iam/role-sessions.ts';
import { type BuildRecord, uuidOf } from './build-record.ts';

const PREFIX = '/_codebuild/credentials/';

/** Throws InvalidInputException when CodeBuild can't assume the role of a project, as CreateProject does. */
export function checkServiceRole(cloud: Cloud, projectArn: string, roleArn: string): void {
  try {
    assumeRole(cloud, {
      roleArn,
      sessionName: 'AWSCodeBuild',
      servicePrincipal: 'codebuild.amazonaws.com',
      durationSeconds: 1,
      sourceArn: projectArn,
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidInputException', `CodeBuild is not authorized to perform: sts:AssumeRole on service role. ${error.message}`);
  }
}

/** What a build does with its service role's rights, and where its commands fetch them. */
export interface BuildSession {
  readonly credentials: RoleCredentials;
  readonly caller: Caller;
  readonly url: string;
  /** Its credentials can't be fetched any more. */
  close(): void;
}

/** The sessions of the builds that run, and the address where their commands fetch credentials, one not to be guessed for each build. */
export class ServiceRoles {
  readonly #cloud: Cloud;
  readonly #open = new Map<string, RoleCredentials>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** A session that outlives the build. Throws AccessDeniedException when CodeBuild can't assume the role. */
  open(build: BuildRecord, lifetime_s: number): BuildSession {
    const [, , , region = '', account = ''] = build.arn.split(':');
    const credentials = assumeRole(this.#cloud, {
      roleArn: build.settings.serviceRole,
      sessionName: `AWSCodeBuild-${uuidOf(build)}`,
      servicePrincipal: 'codebuild.amazonaws.com',
      durationSeconds: lifetime_s,
      sourceArn: `arn:aws:codebuild:${region}:${account}:project/${build.projectName}`,
    });
    const token = randomBytes(24).toString('base64url');
    this.#open.set(token, credentials);
    return {
      credentials,
      caller: { account, region, principal: credentials.principal },
      url: `${this.#cloud.endpoint}${PREFIX}${token}`,
      close: () => void this.#open.delete(token),
    };
  }

  matches({ method, path }: HttpRequest): boolean {
    return method === 'GET' && path.startsWith(PREFIX);
  }

  /** Answers as a container credential provider does (AWS SDKs and Tools Reference Guide, "Container credential provider"). */
  async handle({ path }: HttpRequest): Promise<HttpReply> {
    const credentials = this.#open.get(path.slice(PREFIX.length));
    if (credentials === undefined) return { status: 404, body: '{}' };
    const { accessKeyId, secretAccessKey, sessionToken, expiration, principal } = credentials;
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
      body: JSON.stringify({
        RoleArn: principal.roleArn,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: expiration.toISOString(),
      }),
    };
  }
}
