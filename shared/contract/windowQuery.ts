import { windowPhases } from './viewSchemas';
import * as z from 'zod';
import type { WindowPhase } from '../domain/window/phase';
import { readQuery } from './readQuery';

/** Which windows somebody wants to see. Times are epoch ms; `null`: all. */
export type WindowQuery = {
  /** Those of the past as well. */
  readonly all: boolean;
  readonly state: WindowPhase | null;
  /** Object id, lower case. */
  readonly person: string | null;
  /** Id or name of a machine, lower case. */
  readonly vm: string | null;
  /** Asked for from here on, and before this. */
  readonly since: number | null;
  readonly before: number | null;
  /** Those whose glass was broken and nobody has looked into it yet. */
  readonly review: 'open' | null;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after: { readonly at: number; readonly id: string } | null;
};

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional();

/** The query of `GET /api/windows`; unknown parameters and such that stand twice are refused. */
export const windowQuerySchema = z.strictObject({
  all: z.enum(['true', 'false']).optional(),
  state: z.enum(windowPhases).optional(),
  person: z.guid().optional(),
  vm: z.string().min(1).max(400).optional(),
  since: time,
  before: time,
  review: z.literal('open').optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'Write a number from 1 to 200.')
    .transform(Number)
    .refine((limit) => limit <= 200, 'Write a number from 1 to 200.')
    .optional(),
  after: z
    .string()
    .regex(/^\d{13}\.[a-z2-7]{20}$/, 'Take the link that the page before calls next.')
    .optional(),
});

const limitUsual = 100;

/** Reads a query; what is wrong with it, in words, where it cannot be meant. Never throws. */
export function windowQuery(query: URLSearchParams): WindowQuery | { readonly detail: string } {
  const read = readQuery(query, windowQuerySchema);
  if ('detail' in read) return read;
  const { all, state, person, vm, since, before, review, limit, after } = read.value;
  const [at = '', id = ''] = after?.split('.') ?? [];
  return {
    // Whoever asks for what is over means the past.
    all: all === 'true' || review === 'open' || state === 'closed' || state === 'refused',
    state: state ?? null,
    person: person?.toLowerCase() ?? null,
    vm: vm?.toLowerCase() ?? null,
    since: since ?? null,
    before: before ?? null,
    review: review ?? null,
    limit: limit ?? limitUsual,
    after: after === undefined ? null : { at: Number(at), id },
  };
}
