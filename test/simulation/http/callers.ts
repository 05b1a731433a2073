import { postern, colleagues } from '../../../local/tenant';
import type { LocalAzure } from '../../../local/localAzure';
import { settings } from '../../support/simulatedSettings';
import { everybody, type Person } from '../people';
import type { Who } from './errand';

const { dora, sam } = colleagues;

/** Owner of the group of machines. */
export const administrator: Person = {
  name: dora.upn,
  objectId: dora.objectId,
  address: dora.ipAddress,
};
const stranger: Person = { name: sam.upn, objectId: sam.objectId, address: sam.ipAddress };

/** An address that policy lets nobody in from. */
export const elsewhere = '192.0.2.99';
/** An address that it would let in, where nobody is: it stands in headers alone. */
export const claimedAddress = '203.0.113.223';

export function personOf(who: Who): Person {
  if (who === 'administrator') return administrator;
  if (who === 'stranger') return stranger;
  const person = everybody[who];
  if (person === undefined) throw new Error(`There is no person ${who}.`);
  return person;
}

/** Tokens of the tenant's own sign-in, one for each person while it is good. */
export type TokenBook = {
  of(person: Person): string;
  expired(person: Person): string;
};

const renewMs = 120_000;
/** Where app and people find the sign-in: issuers name it. */
const origin = settings({})['LOGIN_ENDPOINT'] ?? '';

export function createTokenBook({ login }: Pick<LocalAzure, 'login'>): TokenBook {
  const kept = new Map<string, { token: string; expiresAt: number }>();
  const issue = ({ objectId, name }: Person, lifetimeMs?: number) =>
    login.issueToken(
      { objectId, name, kind: 'person' },
      { audience: postern.clientId, origin, ...(lifetimeMs === undefined ? {} : { lifetimeMs }) },
    );
  return {
    of(person) {
      const known = kept.get(person.objectId);
      if (known !== undefined && known.expiresAt > Date.now() + renewMs) return known.token;
      const issued = issue(person);
      kept.set(person.objectId, issued);
      return issued.token;
    },
    expired: (person) => issue(person, -300_000).token,
  };
}
