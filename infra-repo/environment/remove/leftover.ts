import type { Target } from '../aws.ts';

/** A resource that is there although no stack may know it any more. */
export interface Leftover {
  /** As people call it. */
  readonly name: string;
  /** As its service calls it, where that is another. */
  readonly id?: string;
}

/** Of one kind of resource that stacks retain, or that is made outside of them: finds what is the system's, and deletes it. */
export interface LeftoverKind {
  /** Such as `table`. */
  readonly kind: string;
  /** The CloudFormation type of those that stacks make: such a one may be left by a stack that can't delete it. */
  readonly type?: string;
  list(target: Target): Promise<Leftover[]>;
  /** Takes it out, whatever protects it, and waits until it is gone. Throws what the service throws. */
  remove(leftover: Leftover, target: Target): Promise<void>;
}
