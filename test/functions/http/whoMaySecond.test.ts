import { ownerRole } from '../../../shared/domain/policy/policy';
import { live, minute, policy, readRow, subscription } from '../../support/windowWorld';
import { type ClaimWorld, createClaimWorld, idOf, personNamed } from '../../support/claimWorld';
import { auditorsGroup, tenantId } from '../../support/callers';

const glassBody = { breakGlass: true, reason: 'The whole site is down and nobody answers' };

/** Olga's on call, Pia's that waits, and Pia's by a broken glass. */
const windows = {
  onCall: ['olga', {}],
  waiting: ['pia', {}],
  glass: ['pia', glassBody],
} as const;
type WindowKind = keyof typeof windows;

const calls = {
  getWindow: {},
  extendWindow: { body: { until: '2099-01-01T00:00:00Z', reason: 'to see' } },
  closeWindow: { body: {}, headers: { prefer: 'respond-async' } },
  approveWindow: { body: {} },
  denyWindow: { body: { reason: 'not tonight' } },
  readReview: {},
  reviewWindow: { body: { remark: 'Looked into it, and it was right' } },
} as const;
type Verb = keyof typeof calls;
type Row = readonly (number | string)[];

const verbs = Object.keys(calls) as Verb[];
const far = 'extendPastPolicy';
const all = (status: number): Row => verbs.map(() => status);
const noneOfTheirs = all(404);
const none = 'approvalNotAwaited';

/** Persona by window: what each verb comes to, in the order of `calls`. */
const matrix: Readonly<Record<string, Readonly<Record<WindowKind, Row>>>> = {
  pia: {
    onCall: noneOfTheirs,
    waiting: [200, 'extendNotOpen', 202, 'approvalOwn', 'approvalOwn', 404, 404],
    glass: [200, far, 202, none, none, 200, 'approvalOwn'],
  },
  olga: {
    onCall: [200, far, 202, none, none, 404, 404],
    waiting: noneOfTheirs,
    glass: noneOfTheirs,
  },
  // On call as well: that makes nobody owner, approver or reviewer of others' windows.
  otto: { onCall: noneOfTheirs, waiting: noneOfTheirs, glass: noneOfTheirs },
  lea: {
    onCall: noneOfTheirs,
    waiting: [200, 404, 404, 202, 200, 404, 404],
    glass: [200, 404, 404, none, none, 200, 200],
  },
  // Asks for the same, and may approve it: only what others asked for.
  pal: {
    onCall: noneOfTheirs,
    waiting: [200, 404, 404, 202, 200, 404, 404],
    glass: [200, 404, 404, none, none, 200, 200],
  },
  administrator: {
    onCall: [200, far, 202, none, none, 404, 404],
    waiting: [200, 'extendNotOpen', 202, 'notAnApprover', 'notAnApprover', 404, 404],
    glass: [200, far, 202, none, none, 200, 200],
  },
  auditor: {
    onCall: [200, 404, 404, 404, 404, 404, 404],
    waiting: [200, 404, 404, 404, 404, 404, 404],
    glass: [200, 404, 404, 404, 404, 404, 404],
  },
  sam: { onCall: noneOfTheirs, waiting: noneOfTheirs, glass: noneOfTheirs },
  guest: { onCall: all(403), waiting: all(403), glass: all(403) },
  expired: { onCall: all(401), waiting: all(401), glass: all(401) },
  'of-another-tenant': { onCall: all(401), waiting: all(401), glass: all(401) },
  '': { onCall: all(401), waiting: all(401), glass: all(401) },
};

async function worldWith(kind: WindowKind): Promise<{ world: ClaimWorld; id: string }> {
  const world = createClaimWorld();
  world.adopt({ overseers: { ...policy.overseers, auditorGroups: [auditorsGroup] } });
  const numbered = (last: number, ...groups: string[]) => {
    return {
      ...personNamed('sam'),
      objectId: `66666666-1111-4000-8000-00000000000${last}`,
      groups,
    };
  };
  const administrator = numbered(1);
  world.strangers.set('administrator', { ...administrator, tenantId });
  world.strangers.set('auditor', numbered(2, auditorsGroup));
  world.strangers.set('guest', 'guest');
  world.strangers.set('expired', 'tokenExpired');
  world.strangers.set('of-another-tenant', 'tokenInvalid');
  world.instances.push({
    assignmentType: 'Assigned',
    originRoleAssignmentId: '77777777-5555-4555-8555-555555555555',
    scope: subscription,
    roleDefinitionGuid: ownerRole,
    principalId: administrator.objectId,
    principalType: 'User',
    memberType: 'Direct',
    startAt: null,
    endAt: null,
    scheduleName: '',
    principalName: '',
    principalMail: '',
  });
  const [as, body] = windows[kind];
  const id = idOf(await world.ask(as, body));
  if (kind !== 'waiting') await live(world, id, world.time.now + minute);
  return { world, id };
}

const cells = Object.entries(matrix).flatMap(([as, byWindow]) =>
  Object.entries(byWindow).flatMap(([kind, row]) =>
    verbs.map((verb, at) => ({ as, kind: kind as WindowKind, verb, expected: row[at] ?? 0 })),
  ),
);

describe('who may do what with a window that a second person has a say in', () => {
  it.each(cells)('$as, $kind, $verb: $expected', async ({ as, kind, verb, expected }) => {
    const { world, id } = await worldWith(kind);
    const before = await readRow(world, id);
    const review = await world.ledger.reviews.get(id);
    const puts = world.puts();
    const answer = await world.call(verb, as === '' ? (null as never) : as, { id, ...calls[verb] });
    const { status, body } = answer;
    expect([status, body['code']]).toContain(expected);
    const isDone = status === 200 || status === 202;
    const isRead = verb === 'getWindow' || verb === 'readReview';
    const isChanged = isDone && !isRead;
    const after = await readRow(world, id);
    // Whoever was refused has changed nothing.
    expect(isChanged || JSON.stringify(after) === JSON.stringify(before)).toBe(true);
    const reviewed = await world.ledger.reviews.get(id);
    expect(reviewed?.row.closed ?? null).toEqual(
      verb === 'reviewWindow' && isDone ? expect.anything() : (review?.row.closed ?? null),
    );
    expect(world.puts()).toBe(puts);
  });
});
