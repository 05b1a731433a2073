import { json } from './answer';

/** One part of an app, and what is to be known of it. */
export type Part = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** Every part of an app, by its name. */
export type Parts = Readonly<Record<string, Part>>;

/** 200 while every part is in order, else 503. */
export function healthAnswer(parts: Parts) {
  const status = statusOf(parts);
  return json({ status, ...parts }, status === 'green' ? 200 : 503);
}

/** The same in one word. */
export function readyAnswer(parts: Parts) {
  const status = statusOf(parts);
  return json({ status }, status === 'green' ? 200 : 503);
}

function statusOf(parts: Parts): 'green' | 'red' {
  return Object.values(parts).every((part) => part.ok) ? 'green' : 'red';
}
