import type { ReasonCode } from './reasons';

/** What one look at a VM came to, before anything is written. */
export type Verdict =
  /** Nothing is missing. */
  | { readonly kind: 'ready' }
  /** These writes, in this order, would make it ready. `notes`: what could not be known. */
  | {
      readonly kind: 'fix';
      readonly writes: readonly PlannedWrite[];
      readonly notes: readonly ReasonCode[];
    }
  /** Left alone, and why. The first reason that stands, by the order of `reasons`. */
  | { readonly kind: 'skip'; readonly reason: ReasonCode; readonly detail: string };

/** One write that the run would make. */
export type PlannedWrite =
  /** PATCH of the VM's identity; `userAssigned` are kept by being sent again. */
  | { readonly what: 'identity'; readonly userAssigned: readonly string[] }
  | {
      readonly what: 'extension';
      /** Resource name: an existing one is updated under its own name. */
      readonly name: string;
      readonly type: LoginExtensionType;
      readonly version: string;
      /** `null`: no settings are sent (Linux). */
      readonly mdmId: string | null;
    };

export type LoginExtensionType = 'AADLoginForWindows' | 'AADSSHLoginForLinux';
