import { isGuid } from '../armId';
import { own, ownText } from '../intake/cappedJson';
import { cleanText } from '../text';

/** A person who calls over HTTP, as the tenant's own sign-in vouches for them. Plain data. */
export type Caller = {
  /** Object id, lower case. */
  readonly objectId: string;
  /** The tenant that has signed the token, lower case. */
  readonly tenantId: string;
  /** Cleaned and cut; empty where the token does not say. */
  readonly name: string;
  readonly mail: string;
  /** Object ids of groups, lower case. */
  readonly groups: readonly string[];
  /** They are in more groups than a token holds, so nobody knows which are missing in `groups`. */
  readonly hasMoreGroups?: true;
};

/** Why nobody is let in as anybody. */
export type CallerRefusal =
  /** There is no bearer token, or no principal of the platform. */
  | 'tokenMissing'
  | 'tokenInvalid'
  | 'tokenExpired'
  /** An app, or a token that no person consented to. */
  | 'notAPerson'
  | 'guest';

/** More groups than this are a token that nobody issued: Entra puts an overage claim in their place. */
const groupsMax = 400;
/** The one permission of the API's app registration. */
const permission = 'user_impersonation';

/**
 * Who calls, from the claims of a token whose signature, issuer, audience and times have been
 * checked. Claims of v2.0 access tokens:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function callerOf(claims: unknown, tenantId: string): Caller | CallerRefusal {
  const objectId = ownText(claims, 'oid', 36).toLowerCase();
  if (!isGuid(objectId)) return 'tokenInvalid';
  if (ownText(claims, 'tid', 36).toLowerCase() !== tenantId.toLowerCase()) return 'tokenInvalid';
  if (!isPersons(claims)) return 'notAPerson';
  if (isGuest(claims, tenantId)) return 'guest';
  return {
    objectId,
    tenantId: tenantId.toLowerCase(),
    name: cleanText(ownText(claims, 'name', 400), 120),
    mail: cleanText(ownText(claims, 'preferred_username', 400), 200),
    groups: groupsOf(claims),
    ...(isOverage(claims) ? { hasMoreGroups: true as const } : {}),
  };
}

/** Apps have `idtyp` app and roles; a token for a person has the permission in `scp`. */
function isPersons(claims: unknown): boolean {
  const kind = ownText(claims, 'idtyp', 20).toLowerCase();
  return (
    (kind === '' || kind === 'user') &&
    ownText(claims, 'scp', 2_000).split(' ').includes(permission)
  );
}

/**
 * `acct` is an optional claim, 1 for guests; `idp` stands only where another place than the tenant
 * vouched for them; a guest's own name carries `#EXT#`. These VMs let no guest sign in
 * (https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows).
 */
function isGuest(claims: unknown, tenantId: string): boolean {
  const account = own(claims, 'acct');
  if (account !== undefined && account !== 0 && account !== '0') return true;
  const provider = own(claims, 'idp');
  if (provider !== undefined && !ownText(claims, 'idp', 200).includes(tenantId)) return true;
  return /#ext#/i.test(ownText(claims, 'preferred_username', 400));
}

function groupsOf(claims: unknown): readonly string[] {
  const groups = own(claims, 'groups');
  if (!Array.isArray(groups)) return [];
  return groups
    .slice(0, groupsMax)
    .filter((one): one is string => typeof one === 'string' && isGuid(one))
    .map((one) => one.toLowerCase());
}

/**
 * With more than 200 groups the token names a place to ask instead of them
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference#groups-overage-claim).
 */
function isOverage(claims: unknown): boolean {
  const elsewhere = own(own(claims, '_claim_names'), 'groups') !== undefined;
  const told = own(claims, 'hasgroups');
  return elsewhere || (told !== undefined && told !== false && told !== 'false');
}
