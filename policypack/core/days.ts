const millisecondsADay = 86_400_000;

/** From one ISO date to another, in days; negative where the second is past, not a number where either is no date. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / millisecondsADay);
}
