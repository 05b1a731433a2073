import * as z from 'zod';
import { isIP } from 'node:net';
import { readPort } from '../domain/policy/portEntry';
import { refusalCodes } from '../domain/refusal';
import { durationPattern, formatDuration, readDuration } from '../domain/readDuration';
import {
  readAdministratorRole,
  readGroup,
  readPerson,
  readRole,
  readScope,
  readSource,
} from './values';
import type { ValueFault } from './values';

/**
 * The form of `policy.yaml`: what editors check and what `readPolicy` checks first. What values
 * mean together is checked after it. Every object is strict: a key nobody knows is a slip.
 */

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

const role = text(readRole).meta({
  description: 'A well-known sign-in role by name, or any role definition by its id.',
});
const scope = text(readScope).meta({
  description: 'Id of a management group, subscription, resource group or VM; "/" is everywhere.',
});
const person = text(readPerson).meta({ description: 'Object id of a person.' });
const prefix = text(readSource).meta({
  description: 'Addresses in CIDR notation without host bits, such as 203.0.113.7/32.',
});
const name = text(readName).meta({ description: 'Unique in the file; it stands in every answer.' });
const port = z
  .union([z.string(), z.int()])
  .superRefine((entry, context) => report(context, readPort(entry)))
  .meta({ description: 'ssh, rdp, winrm, 8443, 9000-9010, udp/3478 or any/500.' });
const tag = z
  .strictObject({ name: z.string().min(1).max(512), value: z.string().max(256) })
  .meta({ description: 'A tag of a VM: the name without case, the value exactly.' });

const times = z
  .strictObject({
    guard: duration(20 * seconds, hours).meta({
      description: 'Closing begins this long before the deadline.',
    }),
    lead: duration(5 * seconds, hours).meta({
      description: 'The sweep takes over this long before the deadline.',
    }),
    settle: duration(5 * seconds, 10 * minutes).meta({
      description: 'The longest time in which a write that was sent may still take effect.',
    }),
    shortest: duration(5 * seconds, hours).meta({
      description: 'A window that would stand open for less is refused.',
    }),
    longest: duration(minutes, 24 * hours).meta({
      description: 'No window is longer, whatever PIM says.',
    }),
  })
  .partial();

const group = text(readGroup).meta({ description: 'Object id of a group.' });
const ranges = z
  .array(z.strictObject({ name, prefixes: z.array(prefix).min(1).max(16) }))
  .max(16)
  .optional()
  .meta({ description: 'Used when no address of the request is known or wanted.' });
const fence = z.strictObject({ within: z.array(prefix).min(1).max(16) }).optional();

const approval = z
  .strictObject({
    by: z.array(group).min(1).max(20).meta({ description: 'Groups whose members may approve.' }),
    waits: duration(minutes, 24 * hours)
      .optional()
      .meta({ description: 'How long a request waits for one of them; 30m if absent.' }),
  })
  .meta({ description: 'A second person has to agree, over HTTP; never the one who asks.' });

const allowRule = z.strictObject({
  name,
  roles: z.array(role).min(1).max(20),
  scopes: z.array(scope).min(1).max(100),
  persons: z.array(person).max(1_000).optional(),
  ports: z.array(port).min(1).max(10),
  longest: duration(minutes, 24 * hours).optional(),
  approval: approval.optional(),
  sources: z.strictObject({
    fromActivation: fence.meta({
      description: 'The address of the person’s own request, if it lies in these ranges.',
    }),
    ranges,
  }),
});

const claimRule = z.strictObject({
  name,
  kind: z.enum(['onCall', 'breakGlass']).meta({
    description: 'Whoever breaks the glass says so; it is loud, and looked into by somebody else.',
  }),
  group,
  scopes: z.array(scope).min(1).max(100),
  ports: z.array(port).min(1).max(10),
  longest: duration(minutes, 24 * hours).meta({
    description: 'From the first opening; for breakGlass no longer than any other rule’s.',
  }),
  reasonAtLeast: z
    .int()
    .min(3)
    .max(400)
    .optional()
    .meta({ description: 'So many characters of reason; 3, and 20 for breakGlass.' }),
  approval: approval.optional(),
  reviewers: z.array(group).max(20).optional().meta({
    description: 'Groups that may close the review of a broken glass, beside administrators.',
  }),
  sources: z.strictObject({
    fromCall: fence.meta({
      description: 'The address that the call came from, if it lies in these ranges.',
    }),
    ranges,
  }),
});

const denyRule = z.strictObject({
  name,
  roles: z.array(role).max(20).optional(),
  scopes: z.array(scope).max(100).optional(),
  persons: z.array(person).max(1_000).optional(),
  tag: tag.optional(),
});

const example = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  person: person.optional(),
  role: role.optional().meta({ description: 'Activated in PIM, or asked for over HTTP.' }),
  group: group.optional().meta({ description: 'In place of a role: in the caller’s token.' }),
  breakGlass: z.literal(true).optional(),
  scope,
  minutes: z.int().min(1).max(100_000).optional(),
  address: text(readAddress).nullable().optional(),
  vm: z
    .strictObject({
      tags: z.record(z.string(), z.string()).optional(),
      addresses: z.array(text(readAddress)).max(8).optional(),
    })
    .optional(),
  vms: z.int().min(1).max(5_000).optional().meta({ description: 'That many VMs like this one.' }),
  expect: z
    .enum(['granted', 'awaitingApproval', ...refusalCodes], {
      error: 'Write granted, awaitingApproval, or the code of a refusal such as tooBroad.',
    })
    .meta({ description: '"granted", "awaitingApproval", or the code of the refusal.' }),
});

/** The parts of the file, each of which can be judged while another is broken. */
export const parts = {
  version: z.literal(1).meta({ description: 'Version of this file’s form.' }),
  times: times.optional(),
  priorities: z
    .strictObject({ from: z.int().min(100).max(4_096), to: z.int().min(100).max(4_096) })
    .optional(),
  minimumPrefix: z
    .strictObject({ ipv4: z.int().min(24).max(32), ipv6: z.int().min(48).max(128) })
    .partial()
    .optional()
    .meta({ description: 'No named range may be wider; 32 and 128 are single addresses.' }),
  locks: z.enum(['refuse', 'accept']).optional(),
  optIn: z
    .union([z.literal('everyVm'), tag])
    .optional()
    .meta({ description: 'The tag that a VM must carry (postern: enabled), or everyVm.' }),
  administrators: z.array(text(readAdministratorRole)).min(1).max(20).optional().meta({
    description:
      'Roles whose holders may extend and close the windows of others at their scope; Owner if absent.',
  }),
  auditors: z
    .array(text(readGroup))
    .max(20)
    .optional()
    .meta({ description: 'Groups, by object id, that may read all windows.' }),
  remediation: z
    .strictObject({
      operators: z
        .strictObject({
          groups: z.array(group).max(20).optional(),
          people: z.array(person).max(100).optional(),
        })
        .meta({ description: 'Who may start, cancel and see runs, and release from quarantine.' }),
    })
    .optional()
    .meta({
      description: 'The nightly run that makes VMs ready for Entra login; nobody if absent.',
    }),
  caps: z
    .strictObject({
      vmsPerActivation: z.int().min(1).max(40),
      windowsPerPerson: z.int().min(1).max(100),
      windows: z.int().min(1).max(1_000),
    })
    .partial()
    .optional(),
  allow: z.array(allowRule).min(1).max(200),
  claims: z.array(claimRule).max(200).optional().meta({
    description: 'What members of a group may open over HTTP without an activation.',
  }),
  deny: z.array(denyRule).max(200).optional(),
  examples: z.array(example).max(500).optional(),
};

export const fileSchema = z.strictObject(parts);
export const listItems = {
  allow: allowRule,
  claims: claimRule,
  deny: denyRule,
  examples: example,
} as const;

export type PolicyFile = z.infer<typeof fileSchema>;
export type AllowEntry = z.infer<typeof allowRule>;
export type ClaimEntry = z.infer<typeof claimRule>;
export type DenyEntry = z.infer<typeof denyRule>;
export type ExampleEntry = z.infer<typeof example>;

/** The JSON Schema of the file, for editors: draft 7, which the YAML language server knows best. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Policy of Postern' };
}

function text(read: (value: string) => unknown) {
  return z.string().superRefine((value, context) => report(context, read(value)));
}

function duration(minMs: number, maxMs: number) {
  return z
    .string()
    .superRefine((value, context) => {
      const ms = readDuration(value);
      if (ms === null) {
        const message = 'Write a duration such as 3h, 45m, 90s, PT3H or P1D.';
        report(context, { code: 'durationSyntax', message });
      } else if (ms < minMs || ms > maxMs) {
        const message = `It must be between ${formatDuration(minMs)} and ${formatDuration(maxMs)}.`;
        report(context, { code: 'outOfRange', message });
      }
    })
    .meta({ pattern: durationPattern });
}

/** Turns what a reader of values says into an issue that carries our own code. */
function report(context: z.RefinementCtx, read: unknown): void {
  if (!isValueFault(read)) return;
  const { code, message } = read;
  context.addIssue({ code: 'custom', message, params: { code } });
}

function isValueFault(read: unknown): read is ValueFault {
  return typeof read === 'object' && read !== null && 'code' in read && 'message' in read;
}

function readName(value: string): string | ValueFault {
  if (/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(value)) return value;
  return {
    code: 'nameSyntax',
    message: 'Write up to 64 letters, digits, blanks, dots, dashes or underscores.',
  };
}

function readAddress(value: string): string | ValueFault {
  if (isIP(value) !== 0 && !value.includes('%')) return value;
  return { code: 'addressSyntax', message: 'Write one address, such as 203.0.113.7.' };
}
