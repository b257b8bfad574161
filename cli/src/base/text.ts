const CODES = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], dim: [2, 22] } as const;

/** Colours a text, on terminals only. */
export function paint(colour: boolean, style: keyof typeof CODES, text: string): string {
  const [on, off] = CODES[style];
  return colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** Time since, for people: `12s`, `5m`, `3h`, `2d`. */
export function ago(time: string | undefined, now: number): string | undefined {
  if (time === undefined) return undefined;
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}

export function bytes(count: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** The part of a DID that people know: its subject code. */
export function shortDid(did: string): string {
  return did.split(':').at(-1) ?? did;
}
