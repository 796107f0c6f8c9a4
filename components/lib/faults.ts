import * as pulumi from "@pulumi/pulumi";

/** Gathers everything that is wrong with a component's arguments, so that one error says it all. */
export class Faults {
  private readonly found: string[] = [];
  private readonly broken: string[] = [];

  constructor(
    private readonly component: string,
    private readonly name: string,
  ) {}

  /** `field` as the user wrote it, what is wrong with it, and what to write instead. */
  add(field: string, wrong: string, fix: string): void {
    // What could not be read is told once, and not again of what it stands in.
    if (this.broken.some((one) => isWithin(one, field) || isWithin(field, one))) return;
    this.found.push(`\`${field}\` ${wrong}; ${fix}.`);
  }

  /** The same of a value that could not be read, so that nothing more is said of it. */
  break(field: string, wrong: string, fix: string): void {
    this.add(field, wrong, fix);
    this.broken.push(field);
  }

  throwIfAny(): void {
    const [first, ...more] = this.found;
    if (first === undefined) return;
    if (more.length === 0) throw new pulumi.RunError(`${this.title}: ${first}`);
    const lines = this.found.map((fault) => `\n  - ${fault}`).join("");
    throw new pulumi.RunError(`${this.title} has ${String(this.found.length)} faults:${lines}`);
  }

  /** An error about a value that is told only while the program runs. */
  late(field: string, wrong: string, fix: string): Error {
    return new pulumi.RunError(`${this.title}: \`${field}\` ${wrong}; ${fix}.`);
  }

  private get title(): string {
    return `${this.component} "${this.name}"`;
  }
}

/** Whether `field` is `other` or a part of it. */
function isWithin(field: string, other: string): boolean {
  return field.startsWith(other) && ["", ".", "["].includes(field.charAt(other.length));
}
