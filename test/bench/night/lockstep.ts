import type { NightLedger } from '../../../shared/ports/nightLedger';

/**
 * Two processes on one virtual clock: the child holds the app, the parent everything it talks to.
 * They take turns. The parent says until when the child may let time pass and which answers have
 * come by now; the child goes on from timer to timer until it asks for something or that time has
 * come, and hands over what it asks.
 */
export type ToChild =
  | {
      readonly kind: 'begin';
      readonly nowMs: number;
      readonly token: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'go'; readonly untilMs: number; readonly answers: readonly Answer[] }
  | { readonly kind: 'end' };

export type FromChild =
  | { readonly kind: 'turn'; readonly nowMs: number; readonly asks: readonly Ask[] }
  | { readonly kind: 'ended'; readonly memory: ChildMemory };

/** What the app asks of the outside. */
export type Ask = { readonly id: number } & (
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly url: string;
      readonly headers: Record<string, string>;
      readonly body?: string;
    }
  | {
      readonly kind: 'ledger';
      readonly table: keyof NightLedger;
      readonly call: 'insert' | 'get' | 'replace' | 'remove' | 'list';
      readonly args: readonly unknown[];
    }
);

export type Answer = { readonly id: number; readonly value: unknown };

/** Of the child alone, in bytes. */
export type ChildMemory = {
  /** Highest resident set, as the kernel keeps it. */
  readonly peakRss: number;
  /** Resident set when everything was loaded and nothing had begun. */
  readonly startRss: number;
  /** Highest use of the heap right after a full collection that V8 did by itself. */
  readonly peakHeap: number;
  readonly collections: number;
  /** Use of the heap after the run, after a forced collection. */
  readonly endHeap: number;
};
