import type { Operation } from '../operation';
import { pageQuerySchema } from './pageQuery';
import { cancelBody, releaseBody, remediationBody } from './remediationBodies';
import {
  quarantinedSchema,
  readinessSchema,
  quarantineListSchema,
  reportSchema,
  runListSchema,
  runViewSchema,
} from './remediationSchemas';
import { readinessQuerySchema } from './readinessQuery';
import { reportQuerySchema } from './reportQuery';

/** What is offered of the remediation, by the names of its routes. */
export const remediationOperations: Readonly<Record<string, Operation>> = {
  requestRemediation: {
    summary:
      'Asks for a run that makes VMs ready for Entra login; a dry one if not said otherwise.',
    body: remediationBody,
    headers: {
      'idempotency-key': {
        required: true,
        what: 'Your own key for this request: a repeat with it is the same run.',
      },
    },
    answers: {
      200: { what: 'This request had its run, and it is over.', schema: runViewSchema },
      202: { what: 'The run is asked for, or under way.', schema: runViewSchema },
    },
    problems: [400, 413, 422],
  },
  listRemediations: {
    summary: 'Runs of the remediation, newest first; for its operators and auditors.',
    query: pageQuerySchema,
    answers: { 200: { what: 'A page of them.', schema: runListSchema } },
    problems: [400],
  },
  getRemediation: {
    summary: 'One run: how far it is, what VMs came to, and how long it will take.',
    answers: { 200: { what: 'The run.', schema: runViewSchema } },
    problems: [404],
  },
  readReport: {
    summary: 'What each VM of a run came to: JSON, CSV, or one page with all of them.',
    query: reportQuerySchema,
    answers: {
      200: { what: 'The report.', schema: reportSchema, texts: ['text/csv', 'text/html'] },
    },
    problems: [400, 404, 422],
  },
  cancelRemediation: {
    summary: 'Ends a run: nothing new is begun, what was sent is watched to its end.',
    body: cancelBody,
    answers: {
      200: { what: 'It was cancelled before.', schema: runViewSchema },
      202: { what: 'The wish is sent.', schema: runViewSchema },
    },
    problems: [400, 404, 409, 413],
  },
  listQuarantine: {
    summary: 'VMs that are left alone since they failed three nights, with why and what to do.',
    query: pageQuerySchema,
    answers: { 200: { what: 'A page of them.', schema: quarantineListSchema } },
    problems: [400],
  },
  releaseVm: {
    summary: 'Lets a VM out of quarantine: the next night looks at it again.',
    body: releaseBody,
    answers: { 202: { what: 'The wish is sent.', schema: quarantinedSchema } },
    problems: [400, 404, 413],
  },
  readReadiness: {
    summary: 'Whether somebody could sign in to a VM with Entra ID, part by part, read now.',
    query: readinessQuerySchema,
    answers: { 200: { what: 'What is there, what is missing.', schema: readinessSchema } },
    problems: [400, 404],
  },
  readinessCsv: {
    summary: 'Every VM that this app may see, and what it lacks, by the index; for a spreadsheet.',
    answers: { 200: { what: 'A line for each VM.', schema: 'text/csv' } },
    problems: [400, 422],
  },
};
