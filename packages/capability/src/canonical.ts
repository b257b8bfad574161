import canonicalize from 'canonicalize';

/** RFC 8785 form of JSON: the bytes that are signed. */
export function canonicalText(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}
