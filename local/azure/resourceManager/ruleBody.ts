import { networkSecurityGroupLimits as limits } from '../../limits';
import { prefixKind } from './addressPrefix';
import { isRecord } from './http';
import type { SecurityRuleProperties } from './securityRule';

/** Why a rule or its name is refused: status 400, code and text as Azure gives them. */
type RuleRefusal = { code: string; message: string };

/** A body that Azure would take, or its refusal. */
type ReadRule = { properties: SecurityRuleProperties } | { refusal: RuleRefusal };

class Refused extends Error {
  constructor(readonly refusal: RuleRefusal) {
    super(refusal.message);
  }
}

function refuse(code: string, message: string): never {
  throw new Refused({ code, message });
}

const unreadable = (): never => refuse('InvalidRequestFormat', 'Cannot parse the request.');

/**
 * Names of network resources. Text: a public report of `InvalidResourceName` from the Network
 * provider; rule: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
 */
export function refuseName(name: string): RuleRefusal | undefined {
  if (name.length <= limits.name && /^[A-Za-z0-9](?:[\w.-]*\w)?$/.test(name)) return undefined;
  return {
    code: 'InvalidResourceName',
    message:
      `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin ` +
      "with a word character, and it must end with a word character or with '_'. The name may " +
      "contain word characters or '.', '-', '_'.",
  };
}

/** Reads the body of a rule PUT, or one entry of `securityRules` in an NSG PUT. */
export function readRule(json: unknown, ruleId: string): ReadRule {
  try {
    return { properties: readProperties(json, ruleId) };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
}

function readProperties(json: unknown, ruleId: string): SecurityRuleProperties {
  if (!isRecord(json) || !isRecord(json['properties'])) return unreadable();
  const raw = json['properties'];
  const description = optionalText(raw, 'description');
  if (description !== undefined && description.length > limits.description) {
    // Code and text are ours: no public copy of Azure's was found. The limit is the swagger's.
    refuse(
      'SecurityRuleDescriptionTooLong',
      `Security rule ${ruleId} has a description of ${description.length} characters. At most ` +
        `${limits.description} are allowed.`,
    );
  }
  const properties: SecurityRuleProperties = {
    ...(description === undefined ? {} : { description }),
    protocol: oneOf(raw, 'protocol', ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*'], ruleId),
    ...ports(raw, 'source', ruleId),
    ...ports(raw, 'destination', ruleId),
    ...addresses(raw, 'source', ruleId),
    ...addresses(raw, 'destination', ruleId),
    access: oneOf(raw, 'access', ['Allow', 'Deny'], ruleId),
    priority: priority(raw, ruleId),
    direction: oneOf(raw, 'direction', ['Inbound', 'Outbound'], ruleId),
  };
  return properties;
}

function optionalText(raw: Record<string, unknown>, field: string): string | undefined {
  const value = raw[field];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : unreadable();
}

/** Enumerations are read without case and stored in the swagger's casing. */
function oneOf<T extends string>(
  raw: Record<string, unknown>,
  field: string,
  allowed: readonly T[],
  ruleId: string,
): T {
  const value = optionalText(raw, field);
  if (value === undefined || value === '') missing(ruleId, capital(field));
  const found = allowed.find((item) => item.toLowerCase() === value?.toLowerCase());
  return found ?? unreadable();
}

function priority(raw: Record<string, unknown>, ruleId: string): number {
  const value = raw['priority'];
  if (value === undefined || value === null) missing(ruleId, 'Priority');
  if (typeof value !== 'number' || !Number.isInteger(value)) return unreadable();
  if (value < limits.priorityMin || value > limits.priorityMax) {
    refuse(
      'SecurityRuleInvalidPriority',
      `Security rule has invalid Priority. Value provided: ${value} Allowed range ` +
        `${limits.priorityMin}-${limits.priorityMax}.`,
    );
  }
  return value;
}

/** Text: Azure/migAz#103. */
function missing(ruleId: string, fields: string): never {
  return refuse(
    'SecurityRuleParametersMissing',
    `Required security rule parameters are missing for security rule with Id: ${ruleId}. ` +
      `Security rule must specify ${fields}.`,
  );
}

/** Azure refuses both forms of one side; code and text are ours, no public copy was found. */
function bothForms(ruleId: string, one: string, other: string): never {
  return refuse(
    'SecurityRuleParametersConflict',
    `Security rule ${ruleId} cannot specify both ${one} and ${other}.`,
  );
}

function texts(raw: Record<string, unknown>, field: string): string[] {
  const value = raw[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return unreadable();
  return value.map((item: unknown) => (typeof item === 'string' ? item : unreadable()));
}

type Side = 'source' | 'destination';

function ports(
  raw: Record<string, unknown>,
  side: Side,
  ruleId: string,
): Partial<SecurityRuleProperties> {
  const [field, plural] = [`${side}PortRange`, `${side}PortRanges`] as const;
  const single = optionalText(raw, field);
  const many = texts(raw, plural);
  const hasSingle = single !== undefined && single !== '';
  if (hasSingle && many.length > 0) bothForms(ruleId, capital(field), capital(plural));
  if (!hasSingle && many.length === 0) missing(ruleId, `${capital(plural)}, or ${capital(field)}`);
  if (many.includes('*')) {
    refuse(
      'SecurityRuleParameterContainsInvalidPortRanges',
      `Security rule parameter ${capital(plural)} for rule with Id ${ruleId} contains invalid ` +
        'port ranges: *.',
    );
  }
  for (const value of hasSingle ? [single] : many) checkPorts(value);
  return hasSingle ? { [field]: single } : { [plural]: many };
}

function checkPorts(value: string): void {
  if (value === '*') return;
  const [low = -1, high = low] = /^\d{1,5}(?:-\d{1,5})?$/.test(value)
    ? value.split('-').map(Number)
    : [];
  if (low >= 0 && low <= high && high <= 65_535) return;
  refuse(
    'SecurityRuleInvalidPortRange',
    `Security rule has invalid Port range. Value provided: ${value}. Value should be an integer ` +
      "OR integer range with '-' delimiter. Valid range 0-65535.",
  );
}

function addresses(
  raw: Record<string, unknown>,
  side: Side,
  ruleId: string,
): Partial<SecurityRuleProperties> {
  const field = `${side}AddressPrefix` as const;
  const plural = `${side}AddressPrefixes` as const;
  const groupField = `${side}ApplicationSecurityGroups` as const;
  const single = optionalText(raw, field);
  const many = texts(raw, plural);
  const groups = applicationSecurityGroups(raw, groupField);
  const given = [
    ...(single === undefined || single === '' ? [] : [capital(field)]),
    ...(many.length === 0 ? [] : [capital(plural)]),
    ...(groups.length === 0 ? [] : [capital(groupField)]),
  ];
  const [one, other] = given;
  if (one === undefined) {
    missing(ruleId, `${capital(plural)}, ${capital(field)}, or ${capital(groupField)}`);
  }
  if (other !== undefined) bothForms(ruleId, one, other);
  if (single !== undefined && single !== '') {
    if (prefixKind(single) === 'invalid') invalidPrefix(ruleId, single);
    return { [field]: single };
  }
  if (groups.length > 0) return { [groupField]: groups };
  checkMany(many, capital(field), ruleId);
  return { [plural]: many };
}

function checkMany(many: string[], field: string, ruleId: string): void {
  if (many.length > limits.addresses) {
    // Code and text are ours; the limit is Azure's.
    refuse(
      'SecurityRuleAddressPrefixesLimitReached',
      `Security rule ${ruleId} cannot have more than ${limits.addresses} address prefixes.`,
    );
  }
  for (const value of many) {
    const kind = prefixKind(value);
    if (kind === 'invalid') invalidPrefix(ruleId, value);
    if (kind !== 'address') {
      refuse(
        'SecurityRuleParameterContainsUnsupportedValue',
        `Security rule parameter ${field} for rule with Id ${ruleId} cannot specify existing ` +
          "VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or system tags. Unsupported value " +
          `used: ${value}.`,
      );
    }
  }
}

function invalidPrefix(ruleId: string, value: string): never {
  return refuse(
    'SecurityRuleInvalidAddressPrefix',
    `Security rule ${ruleId} has invalid Address prefix. Value provided: ${value}`,
  );
}

function applicationSecurityGroups(raw: Record<string, unknown>, field: string): { id: string }[] {
  const value = raw[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return unreadable();
  if (value.length > limits.applicationSecurityGroups) {
    refuse(
      'NumberOfApplicationSecurityGroupsReferencedInSecurityRuleLimitReached',
      `A security rule cannot reference more than ${limits.applicationSecurityGroups} ` +
        'application security groups on one side.',
    );
  }
  return value.map((item: unknown) =>
    isRecord(item) && typeof item['id'] === 'string' ? { id: item['id'] } : unreadable(),
  );
}

function capital(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}
