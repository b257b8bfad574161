/** Votes so far, for people; undefined where they are not known. */
export function votesText(cast: readonly { member: string; decision: string }[] | undefined): string | undefined {
  if (cast === undefined) return undefined;
  return cast.length === 0 ? 'none yet' : cast.map(({ member, decision }) => `${member} ${decision}`).join(', ');
}
