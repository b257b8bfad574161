import { createHash } from 'node:crypto';

const MOST_KEPT = 64;

/**
 * Remembers what a pure function made of a JSON value. JWTs follow from the trust alone, and signing them anew at every
 * look at a configuration was most of an idle operator's work.
 */
export function signedOnce<Input, Output>(make: (input: Input) => Output): (input: Input) => Output {
  const made = new Map<string, Output>();
  return (input) => {
    // A digest as key: seeds of the input are not kept a second time.
    const key = createHash('sha256').update(JSON.stringify(input)).digest('base64');
    const known = made.get(key);
    if (known !== undefined) return known;
    const output = make(input);
    if (made.size >= MOST_KEPT) made.clear();
    made.set(key, output);
    return output;
  };
}
