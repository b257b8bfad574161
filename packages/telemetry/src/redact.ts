/** Replaces every value that must not leave the process in a log line, event or status message. */
export const REDACTED = '[redacted]';

const SECRET_KEY =
  /^(?:.*(?:private_?-?key(?:pem|jwk|hex|bytes)?|secret|token|passw(?:or)?d|passphrase|authorization|credentials?|api_?-?key|cookie)|.*(?:^|[_-])(?:seed|creds|mnemonic|salt)|seed|creds|.*Seed|.*Creds|d)$/i;
/** Words that merely contain a secret-looking word but name something public. */
const PUBLIC_KEY = /^(?:.*(?:secretName|secretRef|tokenReview|publicKey)|continueToken)$/i;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A parser quotes what it could not read, which may be a row or a key.
  [/(?:\.\.\.)?"[\s\S]{0,300}?"(?:\.\.\.)? is not valid JSON/g, '[text] is not valid JSON'],
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/-----BEGIN (?:NATS USER JWT|USER NKEY SEED)-----[\s\S]*?(?:------?END [A-Z ]+-----|$)/g, REDACTED],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/gi, `${REDACTED}@`],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, REDACTED],
  [/\bS[OAUNC][A-Z2-7]{56}\b/g, REDACTED],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [
    /\b((?:private[ _-]?key|secret|token|password|passwd|passphrase|seed|creds|authorization)["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi,
    `$1${REDACTED}`,
  ],
];

/**
 * Removes secrets from free text: PEM private keys, JWTs, NATS seeds, URL user-info, `password=…` pairs.
 * It is a safety net: callers still must not put secrets into messages.
 */
export function scrub(text: string): string {
  let result = text;
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

/** True when a property of this name must never be printed (`privateKey`, `token`, `seed`, …). */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !PUBLIC_KEY.test(key);
}

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

/**
 * Copies a value for logging: secret-named properties replaced, strings scrubbed, errors flattened to
 * `{type, message, code, stack, cause}`, bytes shown as a length only, cycles and deep nesting cut.
 */
export function redact(value: unknown, depth = 0, seen: readonly object[] = []): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH || seen.includes(value)) return '[cut]';
  const path = [...seen, value];
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1, path));
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  const source = value instanceof Error ? errorFields(value) : value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(source)) {
    copy[key] = isSecretKey(key) && item !== undefined ? REDACTED : redact(item, depth + 1, path);
  }
  return copy;
}

function errorFields(error: Error): Record<string, unknown> {
  const own: Record<string, unknown> = { ...error };
  delete own['name'];
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...own,
  };
}
