import * as z from 'zod';

/** The shapes of answers about the remediation, from which types and the OpenAPI document are made. */

const time = z.iso.datetime().meta({ description: 'UTC' });
const count = z.int().min(0);

export const runPhases = ['asked', 'running', 'cancelling', 'done', 'cancelled'] as const;

export const runViewSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['nightly', 'asked']),
  phase: z.enum(runPhases),
  dryRun: z.boolean().meta({ description: 'Nothing is written, all is told.' }),
  askedBy: z.string().nullable().meta({ description: 'Object id; null: the timer.' }),
  justification: z.string(),
  scopes: z.array(z.string()).meta({ description: 'Empty: whatever the remediator’s rules name.' }),
  dryScopes: z.array(z.string()).meta({
    description: 'Scopes that have their first night, in which nothing is written there.',
  }),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  cancel: z.strictObject({ at: time, by: z.string() }).nullable(),
  trouble: z.string().nullable().meta({ description: 'Why the run could not do its work.' }),
  merged: count.meta({ description: 'Starts that came while it ran, and were merged into it.' }),
  vms: z.strictObject({
    found: count,
    isWhole: z.boolean().meta({ description: 'Every VM has been found.' }),
    ended: count,
    left: count,
    ready: count.meta({ description: 'Nothing was missing.' }),
    fixed: count,
    wouldFix: count,
    skipped: count,
    failed: count,
    quarantined: count,
  }),
  writes: count.meta({ description: 'That Azure accepted.' }),
  reads: count,
  queries: count.meta({ description: 'Of Resource Graph.' }),
  perMinute: z.number().nullable().meta({ description: 'VMs at their end, since it was begun.' }),
  secondsLeft: z.int().nullable().meta({ description: 'At that rate; null: nobody can tell yet.' }),
  self: z.string(),
  report: z.string(),
});

export const runListSchema = z.strictObject({
  runs: z.array(runViewSchema),
  next: z.string().nullable().meta({ description: 'The next page; null at the end.' }),
});
