/** Who makes a request. */
export type Principal = Administrator | RoleSession | ServicePrincipal | Anonymous;

/** The account's administrator: a client whose access key id is the 12-digit account id. Every action is allowed. */
export interface Administrator {
  readonly kind: 'administrator';
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** Temporary credentials of a role; what it may do is what the role's policies allow. */
export interface RoleSession {
  readonly kind: 'role-session';
  readonly account: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly arn: string;
  /** `<role id>:<session name>` */
  readonly userId: string;
  readonly roleArn: string;
  readonly roleName: string;
}

/** An AWS service that acts on a customer's resource; allowed by that resource's own policy only. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** The account on whose behalf the service acts. */
  readonly account: string;
  /** Such as `sns.amazonaws.com`. */
  readonly arn: string;
  readonly userId: string;
  /** Value of `aws:SourceArn`: the resource on whose behalf the service acts. */
  readonly sourceArn?: string;
}

/** A caller without credentials, as on a function URL of auth type NONE. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly account: 'anonymous';
  readonly arn: 'anonymous';
  readonly userId: 'anonymous';
}

export const ANONYMOUS: Anonymous = { kind: 'anonymous', account: 'anonymous', arn: 'anonymous', userId: 'anonymous' };

/** The administrator of an account (12 digits). */
export function administratorOf(account: string): Administrator {
  return { kind: 'administrator', account, arn: `arn:aws:iam::${account}:root`, userId: account };
}

/** A service such as `sns.amazonaws.com`, acting for `sourceArn` in `account`. */
export function servicePrincipal(service: string, account: string, sourceArn?: string): ServicePrincipal {
  return { kind: 'service', account, arn: service, userId: service, ...(sourceArn === undefined ? {} : { sourceArn }) };
}
