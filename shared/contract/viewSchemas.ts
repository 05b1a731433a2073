import * as z from 'zod';
import { windowIdForm } from '../domain/identity';
import { statusOf } from './problem';

/** The shapes of answers, from which types and the OpenAPI document are made. */

const time = z.iso.datetime().meta({ description: 'UTC' });
/** Where a window may stand, as people are told it. */
export const windowPhases = [
  'awaitingApproval',
  'planned',
  'opening',
  'open',
  'closing',
  'closed',
  'refused',
] as const;

export const refusalViewSchema = z.strictObject({
  vm: z.string().meta({ description: 'Id; empty where it is about the whole.' }),
  code: z.string(),
  rule: z.string().meta({ description: 'What refused.' }),
  next: z.string().meta({ description: 'What to do next.' }),
});

const ruleViewSchema = z.strictObject({
  nsg: z.string(),
  name: z.string(),
  priority: z.int(),
  phase: z.string(),
  admittedAnyway: z
    .boolean()
    .meta({ description: 'The NSG would let the same traffic in without this rule.' }),
  openedAt: time.nullable().meta({ description: 'When it was proved open.' }),
  closedAt: time.nullable().meta({ description: 'When it was proved gone for good.' }),
  goneAt: time.nullable().meta({ description: 'Since when it is read as gone.' }),
  watchedUntil: time
    .nullable()
    .meta({ description: 'Until when a write of ours that is late is watched for.' }),
  goneBy: z
    .strictObject({ caller: z.string(), at: time })
    .nullable()
    .meta({ description: 'Who else deleted it, by the activity log.' }),
});

export const windowViewSchema = z.strictObject({
  id: z.string().regex(windowIdForm),
  phase: z.enum(windowPhases),
  outcome: z.string().nullable().meta({ description: 'How it ended; null while it lives.' }),
  askedBy: z
    .enum(['activation', 'request', 'claim'])
    .meta({ description: 'An activation in PIM, a request on top of one, or on a group claim.' }),
  activation: z
    .strictObject({
      roleAssignmentId: z.string(),
      scope: z.string(),
      role: z.string(),
      startAt: time,
      endAt: time.meta({ description: 'The window never outlives it.' }),
    })
    .nullable()
    .meta({ description: 'Null where the window stands on a group claim.' }),
  claim: z
    .strictObject({
      kind: z.enum(['onCall', 'breakGlass']),
      group: z.string().meta({ description: 'Object id of the group.' }),
    })
    .nullable(),
  approval: z
    .strictObject({
      groups: z.array(z.string()).meta({ description: 'Whose members may approve it.' }),
      expiresAt: time.meta({ description: 'Nobody can approve it after this.' }),
      answer: z
        .strictObject({
          kind: z.enum(['approved', 'denied']),
          by: z.strictObject({ objectId: z.string(), name: z.string() }),
          at: time,
          remark: z.string(),
        })
        .nullable(),
    })
    .nullable()
    .meta({ description: 'Null where no second person is asked.' }),
  person: z.strictObject({ objectId: z.string(), name: z.string(), mail: z.string() }),
  reason: z.string(),
  ticket: z.string(),
  policyRule: z.string(),
  policyVersion: z.string(),
  source: z.strictObject({
    prefixes: z.array(z.string()),
    wonBy: z.string().meta({ description: 'What chose these addresses.' }),
  }),
  ports: z.array(z.string()),
  vms: z.array(z.strictObject({ id: z.string(), name: z.string(), power: z.string() })),
  createdAt: time,
  until: time.meta({ description: 'When the rules must be gone.' }),
  wantedUntil: time.meta({ description: 'Later than until while an extend is under way.' }),
  closingBegins: time,
  closeReason: z.string().nullable(),
  rules: z.array(ruleViewSchema),
  refusals: z.array(refusalViewSchema),
  self: z.string(),
  dryRun: z.literal(true).optional().meta({ description: 'Only asked: nothing was done.' }),
  calls: z
    .array(
      z.strictObject({
        method: z.enum(['PUT', 'DELETE']),
        url: z.string(),
        body: z.looseObject({}).nullable(),
      }),
    )
    .optional()
    .meta({ description: 'What would be sent to Resource Manager, with a dry run.' }),
});

/** What is to be looked into after the glass was broken. */
export const reviewSchema = z.strictObject({
  window: z.string(),
  state: z.enum(['open', 'closed']),
  usedBy: z.strictObject({ objectId: z.string(), name: z.string(), mail: z.string() }),
  reason: z.string(),
  policyRule: z.string(),
  vms: z.array(z.string()),
  openedAt: time,
  closed: z
    .strictObject({ by: z.string(), at: time, remark: z.string() })
    .nullable()
    .meta({ description: 'By whom, an object id; never who has broken the glass.' }),
  self: z.string(),
});

export const windowListSchema = z.strictObject({
  windows: z.array(windowViewSchema),
  next: z.string().nullable().meta({ description: 'The next page; null at the end.' }),
  isWhole: z.boolean().meta({
    description: 'False: windows of others may be missing, Resource Manager was silent.',
  }),
});

export const closingListSchema = z.strictObject({
  closing: z.int(),
  isWhole: z.boolean(),
  windows: z.array(z.strictObject({ id: z.string(), self: z.string() })),
});

/** Help to connect: its lines are text to paste. */
export const connectSchema = z.looseObject({
  window: z.string(),
  phase: z.enum(windowPhases),
  closingBegins: time,
  until: time,
  vms: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  self: z.string(),
});

export const verificationSchema = z.strictObject({
  intact: z.boolean(),
  files: z.int(),
  records: z.int(),
  faults: z.array(
    z.looseObject({
      file: z.string(),
      line: z.int(),
      chain: z.string(),
      kind: z.string(),
      what: z.string(),
      next: z.string(),
    }),
  ),
});

export const problemSchema = z
  .strictObject({
    title: z.string().meta({ description: 'The rule that refused, or what is wrong.' }),
    status: z.int(),
    code: z.enum(Object.keys(statusOf)),
    detail: z.string().meta({ description: 'The next step.' }),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    refusals: z.array(refusalViewSchema).optional(),
  })
  .meta({ description: 'RFC 9457' });
