import * as z from 'zod';
import type { Retry } from '../../domain/remediation/failure';
import { factStates, readinessParts } from '../../domain/remediation/readiness/fact';
import { reportOutcomes } from '../../domain/remediation/report/reportLine';

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
  reason: z.string().meta({ description: 'In the words of who asked; empty: nobody said.' }),
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

const retries = ['soon', 'nextNight', 'afterFix', 'never'] as const satisfies readonly Retry[];

const retry = z.enum([...retries, '']).meta({ description: 'When trying again can help.' });

const errorSchema = z
  .strictObject({ status: z.int(), code: z.string(), message: z.string() })
  .nullable()
  .meta({ description: 'As Azure told it.' });

const reportLineSchema = z.strictObject({
  vmId: z.string(),
  name: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  outcome: z.enum(reportOutcomes).meta({ description: 'pending: not at its end yet.' }),
  reason: z.string().nullable().meta({ description: 'A stable code.' }),
  what: z.string().meta({ description: 'The reason in words.' }),
  detail: z.string(),
  error: errorSchema,
  cause: z.string().meta({ description: 'What the error means.' }),
  next: z.string().meta({ description: 'What somebody can do about it.' }),
  retry,
  look: z.array(z.string()).meta({ description: 'Where the VM says more.' }),
  writes: z.array(z.string()).meta({ description: 'Made; or, of a dry run, that would be made.' }),
  notes: z.array(z.string()).meta({ description: 'What could not be known.' }),
  endedAt: time.nullable(),
});

export const reportSchema = z.strictObject({
  run: runViewSchema,
  filter: z.strictObject({ outcome: z.string().nullable(), reason: z.string().nullable() }),
  note: z.string(),
  vms: z.array(reportLineSchema),
  reasons: z.array(z.strictObject({ reason: z.string(), count })),
  listed: count,
  isWhole: z.boolean().meta({ description: 'The run is over, and none of its VMs is missing.' }),
});

export const quarantinedSchema = z.strictObject({
  id: z.string().meta({ description: 'By which it is released.' }),
  vm: z.string(),
  name: z.string(),
  failures: count.meta({ description: 'Nights in a row in which it failed.' }),
  lastFailureAt: time,
  quarantinedAt: time,
  reason: z.string(),
  what: z.string(),
  error: errorSchema,
  cause: z.string(),
  next: z.string(),
  retry,
  look: z.array(z.string()),
  release: z.string(),
});

export const quarantineListSchema = z.strictObject({
  vms: z.array(quarantinedSchema),
  next: z.string().nullable().meta({ description: 'The next page; null at the end.' }),
  count,
});

export const readinessSchema = z.strictObject({
  vm: z.string(),
  name: z.string(),
  os: z.strictObject({ family: z.enum(['windows', 'linux', 'unknown']), name: z.string() }),
  state: z
    .enum(['ready', 'notReady', 'unknown'])
    .meta({ description: 'By what the VM itself needs, whatever way people come.' }),
  readAt: time,
  facts: z.array(
    z.strictObject({
      part: z.enum(readinessParts),
      state: z.enum(factStates),
      what: z.string(),
      next: z.string(),
      from: z.string().nullable().meta({ description: 'One of sources; null: a table of ours.' }),
    }),
  ),
  sources: z.record(z.string(), z.string()).meta({ description: 'How old what they say is.' }),
  rdp: z
    .strictObject({ fileName: z.string(), text: z.string() })
    .nullable()
    .meta({ description: 'The file for Remote Desktop of a Windows VM.' }),
  endpoints: z
    .array(
      z.strictObject({
        url: z.string(),
        port: z.int(),
        purpose: z.string(),
        expected: z.string(),
      }),
    )
    .meta({ description: 'What the VM has to reach.' }),
  note: z.string(),
});
