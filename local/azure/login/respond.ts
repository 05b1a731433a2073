import type { ArmResponse } from '../contract';

/** A JSON answer that nobody may keep. */
export function json(status: number, body: unknown): ArmResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
