import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { authErrors } from './auth.errors.ts';

/** An Ed25519 key that signs access tokens. `kid` is the key's RFC 7638 thumbprint, so equal keys have equal names. */
export type SigningKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicJwk: JWK };

/**
 * A fresh key for a first start. Keep `privateKeyPem` (PKCS #8) readable by its owner alone; the rest follows from it.
 */
export const generateSigningKey = (): { readonly privateKeyPem: string; readonly key: SigningKey } => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key: signingKeyOf(privateKey),
  };
};

/** @throws {AppError} `SIGNING_KEY_UNUSABLE` when the text is not an Ed25519 private key; it never quotes the text. */
export const signingKeyFromPem = (privateKeyPem: string): SigningKey => {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(privateKeyPem);
  } catch {
    throw authErrors.SIGNING_KEY_UNUSABLE();
  }
  return signingKeyOf(privateKey);
};

/**
 * The public half of the keys, as verifiers fetch it. While rotating it holds the old key too, until the last token
 * signed with it has expired; and a new key is published longer than a verifier's cooldown before it first signs.
 */
export const keySetOf = (keys: readonly SigningKey[]): JSONWebKeySet => ({
  keys: keys.map(({ publicJwk }) => publicJwk),
});

const signingKeyOf = (privateKey: KeyObject): SigningKey => {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw authErrors.SIGNING_KEY_UNUSABLE();
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  // RFC 7638, section 3.2 and RFC 8037: the required members in this very order.
  const thumbprint = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  const kid = createHash('sha256').update(thumbprint).digest('base64url');
  return { kid, privateKey, publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } };
};
