/** What a secret looks like inside other text; the part that names it stays readable. */
const secretForms: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, '***'],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, '$1***'],
  [/\b((?:sig|signature|code|client_secret|password)=)[^&;\s"']+/gi, '$1***'],
  [/\b((?:accountkey|sharedaccesskey|sharedaccesssignature)=)[^;\s"']+/gi, '$1***'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, '***'],
  // The beginning of every Ed25519 private key in PKCS#8, as base64.
  [/\bMC4CAQAwBQYDK2Vw[\w+/=]*/g, '***'],
];

/** What every form of a secret has in it: most texts have none of these and are left alone. */
const secretTrace = /eyJ|bearer|=|-----BEGIN|MC4CAQAwBQYDK2Vw/i;

/** The text with whatever looks like a token, a key or a password in it masked. */
export function maskSecrets(text: string): string {
  if (!secretTrace.test(text)) return text;
  let masked = text;
  for (const [form, mask] of secretForms) masked = masked.replaceAll(form, mask);
  return masked;
}
