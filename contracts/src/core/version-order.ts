const VERSION = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/**
 * Whether a version of the contracts comes before another. Versions are three numbers; of anything else it is not known,
 * so that it counts as newer.
 */
export function isOlderVersion(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)];
  if (one === undefined || other === undefined) return false;
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

function partsOf(version: string): number[] | undefined {
  return VERSION.exec(version)?.slice(1).map(Number);
}
