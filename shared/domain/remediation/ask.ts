/**
 * What the main app puts into the remediator's queue. It is hostile input there like any other:
 * read by a schema, and no more than one of these.
 */
export type RemediationAsk =
  | {
      readonly kind: 'start';
      readonly schema: 1;
      /** Id of the run, made by whoever asks: asked twice, it is one run. */
      readonly id: string;
      /** Object id of the person. */
      readonly askedBy: string;
      readonly askedAt: number;
      /** Lower case; empty: whatever the remediator's rules name. Never more than these allow. */
      readonly scopes: readonly string[];
      readonly dryRun: boolean;
    }
  | { readonly kind: 'cancel'; readonly schema: 1; readonly id: string; readonly askedBy: string }
  | {
      readonly kind: 'release';
      readonly schema: 1;
      /** Id of the VM that leaves its quarantine. */
      readonly vmId: string;
      readonly askedBy: string;
    };

/** Ids of runs that people ask for. */
export const askedIdForm = /^asked-[a-z0-9]{16,40}$/;

/** Scopes that one run can be asked for. */
export const askedScopesMax = 50;
