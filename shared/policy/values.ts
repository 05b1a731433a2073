import { isGuid, parseArmId } from '../domain/armId';
import { ownerRole } from '../domain/policy/policy';
import { kindOf, parsePrefix } from '../domain/policy/prefix';
import type { Prefix } from '../domain/policy/prefix';
import type { PolicyFaultCode } from './policyFault';

/** A value that cannot be meant: why, in a code and in words. */
export type ValueFault = { readonly code: PolicyFaultCode; readonly message: string };

/**
 * The two sign-in roles that Azure builds in, by the names people know
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). Custom roles are
 * named by id, because anybody may give a custom role one of these names.
 */
const rolesByName: ReadonlyMap<string, string> = new Map([
  ['virtual machine administrator login', '1c0163c0-47e6-4577-8991-ea5c82e286e4'],
  ['virtual machine user login', 'fb879df8-f326-4884-b1cf-06f3ad86be52'],
]);

const roleIdForm =
  /^(?:\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i;

/** The GUID of a role, lower case, from its well-known name, its GUID or its id. */
export function readRole(text: string): string | ValueFault {
  const guid = rolesByName.get(text.toLowerCase()) ?? roleIdForm.exec(text)?.[1] ?? text;
  if (isGuid(guid)) return guid.toLowerCase();
  return {
    code: 'roleUnknown',
    message:
      'Write "Virtual Machine Administrator Login", "Virtual Machine User Login", or the id of a ' +
      'role definition: names of custom roles can be anything.',
  };
}

/** A role that makes its holder an administrator of windows, as the GUID of its definition. */
export function readAdministratorRole(text: string): string | ValueFault {
  const guid = administratorRoles.get(text.toLowerCase()) ?? roleIdForm.exec(text)?.[1] ?? text;
  if (isGuid(guid)) return guid.toLowerCase();
  return {
    code: 'roleUnknown',
    message: 'Write Owner, User Access Administrator, or the id of a role definition.',
  };
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged */
const administratorRoles = new Map([
  ['owner', ownerRole],
  ['user access administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'],
]);

/** A scope id in lower case; `/` is everywhere. */
export function readScope(text: string): string | ValueFault {
  if (text === '/' || parseArmId(text) !== null) return text.toLowerCase();
  return {
    code: 'scopeSyntax',
    message: 'Write the id of a management group, subscription, resource group or VM, or "/".',
  };
}

/** The object id of a group in lower case. */
export function readGroup(text: string): string | ValueFault {
  if (isGuid(text)) return text.toLowerCase();
  return { code: 'groupSyntax', message: 'Write the object id of a group, a GUID.' };
}

/** An object id in lower case. */
export function readPerson(text: string): string | ValueFault {
  if (isGuid(text)) return text.toLowerCase();
  return { code: 'personSyntax', message: 'Write the object id of a person, a GUID.' };
}

/** A range of addresses that somebody may come from. */
export function readSource(text: string): Prefix | ValueFault {
  const prefix = parsePrefix(text);
  if (typeof prefix === 'string') return { code: prefix, message: prefixMessages[prefix] };
  if (prefix.length < widest[prefix.family]) {
    return { code: 'prefixTooWide', message: prefixMessages.prefixTooWide };
  }
  if (kindOf(prefix) !== 'forbidden') return prefix;
  return { code: 'prefixForbidden', message: prefixMessages.prefixForbidden };
}

/** Even a fence around activation addresses is no wider than this. */
const widest = { 4: 8, 6: 32 } as const;

const prefixMessages = {
  prefixTag: 'Service tags and "*" are never a source: write addresses, such as 203.0.113.7/32.',
  prefixSyntax: 'Write an address or a range such as 203.0.113.7/32 or 2001:db8::1/128.',
  prefixHostBits: 'The address has bits set beyond its prefix length: which range was meant?',
  prefixTooWide: 'The range is wider than a source may be.',
  prefixForbidden:
    'No person comes from here: loopback, link-local, multicast, reserved, translated, or Azure’s own.',
} as const;
