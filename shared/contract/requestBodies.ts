import * as z from 'zod';
import type { Asked } from '../domain/request/asked';
import { parseArmId } from '../domain/armId';
import { formatPrefix, kindOf, parsePrefix } from '../domain/policy/prefix';
import { cleanText } from '../domain/text';
import { durationPattern, readDuration } from '../domain/readDuration';
import { portSetsOf, readPort } from '../domain/policy/portEntry';

/** What the doors read. Every object is strict: a key nobody knows is refused, not ignored. */

const reasonMax = 500;
const dayMs = 86_400_000;

/** The words of a person for what they ask: one line, kept beside it. */
export const reason = z
  .string()
  .max(4 * reasonMax)
  .refine((text) => cleanText(text, reasonMax).length >= 3, 'Write why, in three letters at least.')
  .meta({ description: 'Why, in one line; it stands in the window, the log and the audit.' });

const vmName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

const vm = z
  .string()
  .max(400)
  .refine((text) => vmName.test(text) || isVmId(text), 'Write the id of a VM, or its name.')
  .meta({ description: 'The id of a VM, or its name where only one bears it.' });

const port = z.union([z.string().max(20), z.int()]).transform((entry, context) => {
  const read = readPort(entry);
  if (!('code' in read)) return read;
  context.addIssue({ code: 'custom', message: read.message });
  return z.NEVER;
});

const duration = z
  .string()
  .max(20)
  .meta({ pattern: durationPattern, description: '1h, 45m, 1h30m or PT1H; a day at most.' })
  .transform((text, context) => {
    const ms = readDuration(text);
    if (ms !== null && ms <= dayMs) return ms;
    context.addIssue({ code: 'custom', message: 'Write 1h, 45m, PT1H; a day at most.' });
    return z.NEVER;
  });

const source = z
  .string()
  .max(60)
  .meta({ description: 'A narrower source: an address, or a prefix without host bits.' })
  .transform((text, context) => {
    const prefix = parsePrefix(text);
    if (typeof prefix !== 'string' && kindOf(prefix) !== 'forbidden') return formatPrefix(prefix);
    context.addIssue({ code: 'custom', message: 'Write it as 203.0.113.7/32, without host bits.' });
    return z.NEVER;
  });

/** `POST /api/windows`. */
export const requestBody = z.strictObject({
  vms: z.array(vm).min(1).max(40),
  ports: z.array(port).min(1).max(10).optional().meta({
    description: 'ssh, rdp, 8443, 9000-9010 or udp/3478; all that policy allows if absent.',
  }),
  duration,
  reason,
  ticket: z.string().max(200).optional(),
  source: source.optional(),
  breakGlass: z.literal(true).optional().meta({
    description: 'Past roles and duty, by a group that may: loud, short, and looked into later.',
  }),
});

/** `POST /api/windows/{id}/close`. */
export const closeBody = z.strictObject({ reason: reason.optional() });

/** `POST /api/windows/{id}/extend`. */
export const extendBody = z.strictObject({
  until: z.iso
    .datetime({ offset: true })
    .meta({ description: 'The new deadline, absolute: asked twice it adds nothing up.' })
    .transform((text) => Date.parse(text)),
  reason,
});

/** `POST /api/windows/{id}/approve`. */
export const approveBody = z.strictObject({ remark: reason.optional() });

/** `POST /api/windows/{id}/deny`. */
export const denyBody = z.strictObject({ reason });

/** `POST /api/windows/{id}/review`. */
export const reviewBody = z.strictObject({
  remark: z
    .string()
    .max(4 * reasonMax)
    .refine((text) => cleanText(text, reasonMax).length >= 10, 'Write ten letters at least.')
    .meta({ description: 'What was found: why the glass was broken, and whether that was right.' }),
});

/** What has to be typed before many windows are closed at once. */
export const closeAllWords = 'close all';

/** `POST /api/windows/close-all`. */
export const closeAllBody = z.strictObject({
  confirm: z.literal(closeAllWords, { error: `Write "${closeAllWords}".` }),
  reason,
  person: z
    .guid()
    .transform((id) => id.toLowerCase())
    .optional()
    .meta({ description: 'Object id: the windows of this person alone.' }),
  scope: z
    .string()
    .max(400)
    .refine((text) => parseArmId(text) !== null, 'Write the id of a scope.')
    .optional()
    .meta({ description: 'Windows whose machines all lie at or under this scope.' }),
});

/** The body of a request in the app's own terms. */
export function askedOf(body: z.output<typeof requestBody>): Asked {
  return {
    vms: body.vms,
    portSets: body.ports === undefined ? null : portSetsOf(body.ports),
    durationMs: body.duration,
    source: body.source ?? null,
    reason: cleanText(body.reason, reasonMax),
    ticket: cleanText(body.ticket ?? '', 80),
    // Absent where it is not said: what was asked for before it existed has the same hash.
    ...(body.breakGlass === undefined ? {} : { breakGlass: true }),
  };
}

/** The id of one VM, by Azure's grammar. */
export function isVmId(text: string): boolean {
  const id = parseArmId(text);
  const [provider] = id?.providers ?? [];
  return (
    id?.providers.length === 1 &&
    provider?.namespace.toLowerCase() === 'microsoft.compute' &&
    provider.segments.length === 1 &&
    provider.segments[0]?.type.toLowerCase() === 'virtualmachines'
  );
}
