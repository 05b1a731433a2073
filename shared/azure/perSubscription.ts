import { isGuid } from '../domain/armId';
import { badId } from './ids';

const clientsMax = 100;

/**
 * One client per subscription: building one costs more than a call. Clients come as promises
 * because their libraries are loaded with the first call, which keeps the start of the app short.
 */
export function perSubscription<Client>(build: (subscriptionId: string) => Promise<Client>) {
  const clients = new Map<string, Promise<Client>>();
  return (subscriptionId: string): Promise<Client> => {
    if (!isGuid(subscriptionId)) throw badId('a subscription id');
    const client = clients.get(subscriptionId) ?? build(subscriptionId);
    if (clients.size >= clientsMax) clients.clear();
    clients.set(subscriptionId, client);
    return client;
  };
}
