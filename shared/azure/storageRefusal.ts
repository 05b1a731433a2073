import { classify } from '../domain/classify';
import { Fault } from '../domain/fault';

/** What a storage service refused: `status` is 0 where no answer came. */
export type StorageRefusal = {
  readonly status: number;
  readonly code: string;
  readonly fault: Fault;
};

/**
 * Status and code out of what the clients of blobs and queues throw: `RestError`, or `AbortError`
 * when time is over.
 */
export function storageRefusal(error: unknown, doing: string): StorageRefusal {
  const { status, code } = errorOf(error);
  const facts =
    status === 0
      ? classify({ errorCode: code })
      : classify({ status, headers: {}, body: JSON.stringify({ code }) });
  return { status, code, fault: new Fault(facts, doing) };
}

function errorOf(error: unknown): { readonly status: number; readonly code: string } {
  if (typeof error !== 'object' || error === null) return { status: 0, code: 'Unknown' };
  const status: unknown = Reflect.get(error, 'statusCode');
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(error, 'name');
  return {
    status: typeof status === 'number' ? status : 0,
    code: typeof code === 'string' ? code : 'Unknown',
  };
}
