/**
 * A difference between what is published and what would be. `breaking`: who uses the published one may no longer compile, or may no longer understand what is sent or stored.
 * `addition`: there is more than before, and all that was there works on.
 */
export interface Finding {
  readonly kind: 'breaking' | 'addition';
  /** Where, as one would search for it: `deviceRegisteredSchema.name`, `new ServiceFunction(1).timeout`. */
  readonly name: string;
  readonly what: string;
}

export const breaking = (name: string, what: string): Finding => ({ kind: 'breaking', name, what });
export const addition = (name: string, what: string): Finding => ({ kind: 'addition', name, what });
