import { createHash } from 'node:crypto';

/** Text in a page: nothing of it is markup. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON inside a page: nothing of it ends the element that it stands in, or begins another. */
export function jsonInPage(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What the page may do: run the one script and take the one style whose hashes stand here, and
 * nothing else; no request leaves it (https://www.w3.org/TR/CSP3/).
 */
export function contentSecurityPolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

export const pageStyle = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
h1 { font-size: 1.4rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
dt { color: #555 }
dd { margin: 0; overflow-wrap: anywhere }
.note { border-left: 4px solid #b25e00; padding: .3rem .8rem; background: #fff6e8 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem }
th, td { border-bottom: 1px solid #ddd }
td { overflow-wrap: anywhere }
th button { all: unset; cursor: pointer; font-weight: 600 }
th button:focus-visible { outline: 2px solid #005a9e }
.controls { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; align-items: end }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #1b1b1b }
  dt { color: #aaa }
  .note { background: #33270f }
  th, td { border-color: #444 }
}
`;
