import type { Caller } from '../../shared/domain/caller/caller';
import type { Callers } from '../../shared/ports/callers';

export const auditorsGroup = '99999999-0000-4000-8000-000000000001';
export const operatorsGroup = '99999999-0000-4000-8000-000000000002';

/** The tenant that has signed everybody's token. */
export const tenantId = '22222222-2222-4222-8222-222222222222';

const ids = {
  ada: '33333333-3333-4333-8333-333333333333',
  olga: '44444444-0000-4000-8000-000000000001',
  mallory: '44444444-0000-4000-8000-000000000002',
  audrey: '44444444-0000-4000-8000-000000000003',
  rhea: '44444444-0000-4000-8000-000000000004',
} as const;

/** People who call: an engineer, an administrator, a stranger, an auditor, one for remediation. */
export type CallerName = keyof typeof ids;

const groupsOf: Readonly<Partial<Record<CallerName, readonly string[]>>> = {
  audrey: [auditorsGroup],
  rhea: [operatorsGroup],
};

export function personOf(name: CallerName): Caller {
  const groups = groupsOf[name] ?? [];
  return { objectId: ids[name], tenantId, name, mail: `${name}@contoso.com`, groups };
}

/** Stands for sign-in and platform: whoever's name is the bearer token is who calls. */
export function callersByName(): Callers {
  return {
    identify: async (headers) => {
      const name = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1];
      if (name === undefined) return 'tokenMissing';
      if (name === 'expired') return 'tokenExpired';
      if (name === 'guest') return 'guest';
      if (name === 'app') return 'notAPerson';
      return Object.hasOwn(ids, name) ? personOf(name as CallerName) : 'tokenInvalid';
    },
  };
}
