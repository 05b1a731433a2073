import * as z from 'zod';
import { auditQuerySchema } from './auditQuery';
import {
  approveBody,
  closeAllBody,
  closeBody,
  denyBody,
  extendBody,
  requestBody,
  reviewBody,
} from './requestBodies';
import {
  closingListSchema,
  connectSchema,
  reviewSchema,
  verificationSchema,
  windowListSchema,
  windowViewSchema,
} from './viewSchemas';
import { windowQuerySchema } from './windowQuery';
import { type Operation, optionalKey } from './operation';
import { remediationOperations } from './remediation/remediationOperations';

const prefer = {
  prefer: { required: false, what: 'wait=30: how many seconds to wait, 60 at most (RFC 7240).' },
} as const;

const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: the same answer and the calls that it would make, no effect.' }),
});

const vmQuery = z.strictObject({
  vm: z.string().optional().meta({ description: 'Name or id of one VM of the window.' }),
});

/** Every operation, by the name of its route. */
export const operations: Readonly<Record<string, Operation>> = {
  listWindows: {
    summary: 'The windows that you own, administer or audit, newest first.',
    query: windowQuerySchema,
    answers: { 200: { what: 'A page of them.', schema: windowListSchema } },
    problems: [400],
  },
  requestWindow: {
    summary: 'Opens a window on an active role or a group of yours, from where you call.',
    query: dryRunQuery,
    body: requestBody,
    headers: {
      'idempotency-key': {
        required: true,
        what: 'Your own key for this request: a repeat with it is the same window.',
      },
      ...prefer,
    },
    answers: {
      200: { what: 'This request had its window, and it is over.', schema: windowViewSchema },
      201: { what: 'It is proved open.', schema: windowViewSchema },
      202: { what: 'It is granted and opens, or waits for an approval.', schema: windowViewSchema },
    },
    problems: [400, 409, 413, 422, 502],
  },
  getWindow: {
    summary: 'One window: activation, decision, each rule, each proof.',
    answers: { 200: { what: 'The window.', schema: windowViewSchema } },
    problems: [404],
  },
  connectWindow: {
    summary: 'What to type to get to the machines of a window.',
    query: vmQuery,
    answers: { 200: { what: 'Lines to paste, and what is missing.', schema: connectSchema } },
    problems: [400, 404],
  },
  connectRdp: {
    summary: 'The file for Remote Desktop of one machine.',
    query: vmQuery,
    answers: { 200: { what: 'The file.', schema: 'application/x-rdp' } },
    problems: [400, 404, 409],
  },
  extendWindow: {
    summary: 'Moves the deadline of an open window to a later, absolute time.',
    query: dryRunQuery,
    body: extendBody,
    headers: { ...optionalKey, ...prefer },
    answers: {
      200: {
        what: 'Every rule is proved with it; for a repeat, the window as it is.',
        schema: windowViewSchema,
      },
      202: { what: 'Under way; until then the old deadline holds.', schema: windowViewSchema },
    },
    problems: [400, 404, 409, 413, 422],
  },
  closeWindow: {
    summary: 'Closes a window now; waits up to a minute for the proof unless told otherwise.',
    query: dryRunQuery,
    body: closeBody,
    headers: { ...optionalKey, ...prefer },
    answers: {
      200: { what: 'Each rule is read as gone.', schema: windowViewSchema },
      202: { what: 'The wish is saved; it closes.', schema: windowViewSchema },
    },
    problems: [400, 404, 413, 422],
  },
  approveWindow: {
    summary: 'Agrees to a request that waits for a second person; never to one of your own.',
    body: approveBody,
    headers: { ...optionalKey, ...prefer },
    answers: {
      200: { what: 'It was approved before.', schema: windowViewSchema },
      201: { what: 'It is approved, and proved open.', schema: windowViewSchema },
      202: { what: 'It is approved, and opens.', schema: windowViewSchema },
    },
    problems: [400, 404, 409, 413, 422],
  },
  denyWindow: {
    summary: 'Says no to a request that waits for a second person.',
    body: denyBody,
    headers: optionalKey,
    answers: { 200: { what: 'It is denied, and at its end.', schema: windowViewSchema } },
    problems: [400, 404, 409, 413, 422],
  },
  readReview: {
    summary: 'What is to be looked into after the glass was broken.',
    answers: { 200: { what: 'The review of that window.', schema: reviewSchema } },
    problems: [404],
  },
  reviewWindow: {
    summary: 'Closes the review of a broken glass; never of one that you have broken.',
    body: reviewBody,
    headers: optionalKey,
    answers: { 200: { what: 'It is closed, by you or before.', schema: reviewSchema } },
    problems: [400, 404, 413, 422],
  },
  readAudit: {
    summary: 'The records of all windows that were made in a period; for auditors.',
    query: auditQuerySchema,
    answers: {
      200: {
        what: 'JSON lines as they are stored; CSV on request.',
        schema: 'application/jsonl',
        texts: ['text/csv'],
      },
    },
    problems: [400, 422],
  },
  verifyAudit: {
    summary: 'Walks every chain of the audit in a period; for auditors.',
    query: auditQuerySchema,
    answers: {
      200: { what: 'Whether it is intact, and what is not.', schema: verificationSchema },
    },
    problems: [400, 422],
  },
  closeAllWindows: {
    summary: 'Closes everything that you administer, of one person or scope if they are named.',
    body: closeAllBody,
    headers: optionalKey,
    answers: { 202: { what: 'Every wish is saved; they close.', schema: closingListSchema } },
    problems: [400, 404, 413, 422],
  },
  ...remediationOperations,
};
