import { isGuid } from '../../../shared/domain/armId';
import { Fault } from '../../../shared/domain/fault';
import type { Request } from '../../../shared/domain/intake/newWindow';
import { cleanText } from '../../../shared/domain/text';
import type { ScheduleRequest } from '../../../shared/ports/directory';
import type { World } from '../../../shared/ports/world';
import type { Activation } from './judgeLook';

/**
 * Who activated the role, and why: texts of others, each one harmless line. `known` is the person's
 * own request if it was read already, for the address.
 */
export async function requestOf(
  { directory }: Pick<World, 'directory'>,
  { origin, instance }: Activation,
  known: ScheduleRequest | null,
): Promise<Request> {
  const request = known ?? (await readRequest({ directory }, origin.scope, instance.scheduleName));
  return {
    origin,
    person: {
      objectId: origin.principalId.toLowerCase(),
      name: cleanText(instance.principalName, 120),
      mail: cleanText(instance.principalMail, 200),
    },
    reason: cleanText(request?.justification ?? '', 500),
    ticket: cleanText(request?.ticket ?? '', 80),
  };
}

/** The reason is for people and decides nothing: a request that cannot be read leaves it empty. */
async function readRequest(
  { directory }: Pick<World, 'directory'>,
  scope: string,
  name: string,
): Promise<ScheduleRequest | null> {
  if (!isGuid(name)) return null;
  try {
    return await directory.readScheduleRequest(scope, name);
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}
