import { isoOf } from './auditRecord';

/** The chain of one window: named by the day it was made, so that a period can be listed. */
export function windowChain(
  deployment: string,
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
): string {
  return `${deployment}/windows/${dayOf(createdAt)}/${id}`;
}

/** The chain of one day, which notes how far the chains of windows have come. */
export function dayChain(deployment: string, atMs: number): string {
  return `${deployment}/days/${dayOf(atMs)}`;
}

/** `2026/01/31`, UTC: sorts as time does. */
export function dayOf(atMs: number): string {
  return isoOf(atMs).slice(0, 10).replaceAll('-', '/');
}

/** The file that holds a part of a chain; most have one. The deployment names the container. */
export function fileOf(chain: string, part: number): string {
  const path = chain.slice(chain.indexOf('/') + 1);
  return part === 1 ? `${path}.jsonl` : `${path}.${part}.jsonl`;
}

const fileForm = /^(.+?)(?:\.([1-9]\d{0,5}))?\.jsonl$/;

/** Path without ending, and which part; `null` for any other file. */
export function parseFile(file: string): { readonly path: string; readonly part: number } | null {
  const match = fileForm.exec(file);
  return match === null ? null : { path: match[1] ?? '', part: Number(match[2] ?? 1) };
}

/** The day that stands in a chain's name, `''` where there is none. */
export function dayIn(chain: string): string {
  return /\/(?:windows|days)\/(\d{4}\/\d\d\/\d\d)(?:\/|$)/.exec(`/${chain}`)?.[1] ?? '';
}
