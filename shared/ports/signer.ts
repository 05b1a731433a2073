/** Ed25519 over the marker's text. Signatures are base64url without padding: 86 characters. */
export type Signer = { readonly keyVersion: number; sign(text: string): string };

/** Holds public keys only; `false` for unknown key versions and malformed signatures. Never throws. */
export type Verifier = { verify(text: string, signature: string, keyVersion: number): boolean };
