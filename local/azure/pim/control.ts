import { z } from 'zod';

import type { ArmRequest, ArmResponse } from '../contract';
import type { Pim, Target } from './createPim';
import { PimError } from './errors';

const TARGET = {
  person: z.string().min(1),
  role: z.string().min(1).optional(),
  scope: z.string().startsWith('/').optional(),
};
const ADDRESS = z.union([z.ipv4(), z.ipv6()]).optional();

const ACTIVATE = z.strictObject({
  ...TARGET,
  duration: z.string().optional(),
  seconds: z.number().positive().optional(),
  minutes: z.number().positive().optional(),
  startAt: z.string().optional(),
  justification: z.string().max(2000).optional(),
  ticket: z.strictObject({ number: z.string(), system: z.string().optional() }).optional(),
  ipAddress: ADDRESS,
  approvalRequired: z.boolean().optional(),
});
const DEACTIVATE = z.strictObject({ ...TARGET, ipAddress: ADDRESS });
const ASSIGNMENT = z.strictObject({
  person: z.string().min(1),
  role: z.string().min(1),
  scope: z.string().startsWith('/'),
});
const REQUEST = z.strictObject({ requestName: z.string().min(1) });

type Handler = (pim: Pim, json: unknown) => unknown;

const HANDLERS: Record<string, Handler> = {
  'GET /pim/activations': (pim) => ({ activations: pim.activations() }),
  'GET /pim/eligibilities': (pim) => ({ eligibilities: pim.eligibilities() }),
  'POST /pim/activate': activate,
  'POST /pim/deactivate': deactivate,
  'POST /pim/assign': (pim, json) => ({
    roleAssignmentId: pim.plainAssignment(read(ASSIGNMENT, json)),
  }),
  'POST /pim/remove': remove,
  'POST /pim/approve': (pim, json) => pim.approve(read(REQUEST, json).requestName),
  'POST /pim/deny': (pim, json) => pim.deny(read(REQUEST, json).requestName),
  'POST /pim/cancel': (pim, json) => pim.cancel(read(REQUEST, json).requestName),
};

/**
 * What people do in the portal, for curl: JSON in, JSON out, each fault named. `role` and `scope`
 * may be left out where the person has one eligibility, or one activation. Answers `undefined` to
 * paths outside `/pim/`.
 */
export function pimControl(pim: Pim): (request: ArmRequest) => Promise<ArmResponse | undefined> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith('/pim/')) return undefined;
    const line = `${request.method.toUpperCase()} ${pathname.replace(/\/+$/, '')}`;
    const handler = HANDLERS[line];
    if (!handler) {
      const known = Object.keys(HANDLERS).join(', ');
      return respond(404, { error: { code: 'NotFound', message: `Nothing at ${line}. ${known}` } });
    }
    try {
      return respond(200, handler(pim, parse(request.body)));
    } catch (error) {
      if (!(error instanceof PimError)) throw error;
      const { status, code, message } = error;
      return respond(status, { error: { code, message } });
    }
  };
}

function activate(pim: Pim, json: unknown): unknown {
  const { seconds, minutes, duration, ...rest } = read(ACTIVATE, json);
  const lengths = [seconds, minutes, duration].filter((length) => length !== undefined);
  if (lengths.length !== 1) {
    throw invalid('Say how long with one of "minutes", "seconds" and "duration" (PT1H30M).');
  }
  const { role, scope, person, ticket, ...optional } = rest;
  return pim.activate({
    ...targetOf(pim, { person, role, scope }),
    ...defined(optional),
    ...(ticket ? { ticket: { number: ticket.number, ...defined({ system: ticket.system }) } } : {}),
    ...(duration === undefined
      ? { durationMs: Math.round((seconds ?? 0) * 1000 + (minutes ?? 0) * 60_000) }
      : { duration }),
  });
}

function deactivate(pim: Pim, json: unknown): unknown {
  const { ipAddress, ...wanted } = read(DEACTIVATE, json);
  const { principalId } = pim.resolve(wanted);
  const active = pim
    .activations()
    .filter((one) => one.active && one.principalId === principalId && one.endAt !== undefined)
    .map((one) => ({ role: one.roleDefinitionGuid, scope: one.scope }));
  const target = complete(wanted, active, `${wanted.person} has`, 'active role');
  return pim.deactivate({ ...target, ...defined({ ipAddress }) });
}

/** As an administrator who deletes a role assignment, whether PIM made it or not. */
function remove(pim: Pim, json: unknown): unknown {
  const { person, role, scope } = read(ASSIGNMENT, json);
  const { principalId } = pim.resolve({ person });
  const { guid } = pim.role(role);
  const wanted = scope.toLowerCase().replace(/\/+$/, '');
  const found = pim
    .assignments()
    .find(
      (one) =>
        one.principalId.toLowerCase() === principalId.toLowerCase() &&
        one.roleDefinitionGuid === guid &&
        one.scope === wanted,
    );
  if (found === undefined) {
    const text = `${person} has no such role at ${scope}.`;
    throw new PimError(404, 'RoleAssignmentNotFound', text);
  }
  pim.removePlain(found.id);
  return { roleAssignmentId: found.id };
}

function targetOf(pim: Pim, wanted: Wanted): Target {
  const eligible = pim
    .resolve({ person: wanted.person })
    .eligible.map((one) => ({ role: one.roleDefinitionGuid, scope: one.scope }));
  return complete(wanted, eligible, `${wanted.person} has`, 'eligible role');
}

type Wanted = { person: string; role?: string | undefined; scope?: string | undefined };

/** Fills in role and scope from the only choice there is. */
function complete(
  wanted: Wanted,
  choices: { role: string; scope: string }[],
  who: string,
  what: string,
): Target {
  const { person, role, scope } = wanted;
  if (role !== undefined && scope !== undefined) return { person, role, scope };
  const [only] = choices;
  if (choices.length !== 1 || !only) {
    throw invalid(`${who} ${choices.length} ${what}s: name "role" and "scope".`);
  }
  return { person, role: role ?? only.role, scope: scope ?? only.scope };
}

/** Leaves out what is undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function parse(body: string | undefined): unknown {
  if (body === undefined || body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw invalid('The body is not JSON.');
  }
}

function read<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '),
  );
  throw invalid(faults.join('; '));
}

function invalid(message: string): PimError {
  return new PimError(400, 'InvalidRequest', message);
}

function respond(status: number, body: unknown): ArmResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: `${JSON.stringify(body, undefined, 2)}\n` };
}
