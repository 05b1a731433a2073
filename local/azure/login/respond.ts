import type { ArmResponse } from '../contract';

/** A JSON answer that nobody may keep. */
export function json(status: number, body: unknown): ArmResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** Sign-in's way of saying no: a code of OAuth, and one of Entra's own at the head of the text. */
export function refused(status: number, error: string, description: string): ArmResponse {
  return json(status, {
    error,
    error_description: description,
    error_codes: [Number(/^AADSTS(\d+)/.exec(description)?.[1] ?? 0)],
    timestamp: new Date().toISOString(),
  });
}
