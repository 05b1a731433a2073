/** How far a request's `createdOn` may be from the time of its event. */
const createdWithinMs = 60_000;

/** An address is trusted for this long: after an approval hours later the person is elsewhere. */
const trustedMs = 15 * 60_000;

/**
 * Whether Resource Manager's own record bears out what an event said of a request: same person,
 * asked for by that person, made when the event says, and this activation came out of it.
 */
export function confirmsAddress(
  hint: { readonly objectId: string; readonly eventAt: number; readonly requestName: string },
  request: {
    readonly name: string;
    readonly principalId: string;
    readonly requestorId: string;
    readonly requestType: string;
    readonly createdAt: number | null;
    readonly targetScheduleName: string;
  },
  instance: {
    readonly principalId: string;
    readonly startAt: number;
    readonly scheduleName: string;
  },
): boolean {
  const { createdAt } = request;
  const scheduleName = instance.scheduleName.toLowerCase();
  const names = [request.name, request.targetScheduleName].map((name) => name.toLowerCase());
  return (
    request.name.toLowerCase() === hint.requestName.toLowerCase() &&
    request.requestType.toLowerCase() === 'selfactivate' &&
    isSame(request.principalId, hint.objectId) &&
    isSame(request.requestorId, hint.objectId) &&
    isSame(instance.principalId, hint.objectId) &&
    createdAt !== null &&
    Math.abs(createdAt - hint.eventAt) <= createdWithinMs &&
    Math.abs(instance.startAt - createdAt) <= trustedMs &&
    scheduleName !== '' &&
    names.includes(scheduleName)
  );
}

function isSame(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase();
}
