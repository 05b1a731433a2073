import { isGuid } from '../domain/armId';
import { badId } from './ids';

const clientsMax = 100;

/** One client per subscription: building one costs more than a call. */
export function perSubscription<Client>(build: (subscriptionId: string) => Client) {
  const clients = new Map<string, Client>();
  return (subscriptionId: string): Client => {
    if (!isGuid(subscriptionId)) throw badId('a subscription id');
    const client = clients.get(subscriptionId) ?? build(subscriptionId);
    if (clients.size >= clientsMax) clients.clear();
    clients.set(subscriptionId, client);
    return client;
  };
}
