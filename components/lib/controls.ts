import { ControlStatus } from "../args";
import type { Control, ControlException } from "../args";
import type { Faults } from "./faults";

/** Controls of AWS Foundational Security Best Practices by the policy that asks the same. */
const frameworks: Readonly<Record<string, readonly string[]>> = {
  "stage-execution-logging": ["AWS FSBP APIGateway.1"],
  "backend-client-certificate": ["AWS FSBP APIGateway.2"],
  "stage-tracing": ["AWS FSBP APIGateway.3"],
  "stage-web-acl": ["AWS FSBP APIGateway.4"],
  "cache-encryption": ["AWS FSBP APIGateway.5"],
  "route-authorization": ["AWS FSBP APIGateway.8"],
  "stage-access-logging": ["AWS FSBP APIGateway.9"],
  "integration-encrypted": ["AWS FSBP APIGateway.10"],
  "domain-tls": ["AWS FSBP APIGateway.11"],
};

const minimumReason = 10;

/** Which controls a component meets, and by what exceptions it does not. */
export class Controls {
  private readonly told: Control[] = [];
  private readonly exceptions = new Map<string, ControlException>();
  private readonly used = new Set<string>();

  /** `known`: the controls of which the component may need an exception. */
  constructor(
    exceptions: readonly ControlException[] | undefined,
    private readonly known: readonly string[],
    private readonly faults: Faults,
    private readonly today = new Date().toISOString().slice(0, 10),
  ) {
    for (const [index, exception] of (exceptions ?? []).entries()) this.read(exception, `exceptions[${String(index)}]`);
  }

  private read(exception: ControlException, field: string): void {
    const { control, reason, expires } = exception;
    if (!this.known.includes(control)) {
      this.faults.add(
        `${field}.control`,
        `is ${JSON.stringify(control)}`,
        `name one of ${[...this.known].sort().join(", ")}`,
      );
      return;
    }
    if (typeof reason !== "string" || reason.trim().length < minimumReason) {
      this.faults.add(`${field}.reason`, "says too little", `write at least ${String(minimumReason)} characters`);
    }
    if (expires !== undefined && !isDate(expires)) {
      this.faults.add(`${field}.expires`, `is ${JSON.stringify(expires)}`, "write a date as 2027-03-31");
    } else if (expires !== undefined && expires < this.today) {
      this.faults.add(field, `for ${control} expired on ${expires}`, "renew it, or take the weaker value away");
    }
    this.exceptions.set(control, exception);
  }

  /** It holds. */
  meet(control: string, detail: string): void {
    this.tell(control, ControlStatus.Met, detail);
  }

  /** It holds unless `weaker` is so; then it needs an exception. `field` is where the weaker value stands. */
  unless(weaker: boolean, control: string, field: string, says: { met: string; weaker: string; fix: string }): void {
    if (!weaker) {
      this.meet(control, says.met);
      return;
    }
    const exception = this.exceptions.get(control);
    if (exception === undefined) {
      this.faults.add(
        field,
        says.weaker,
        `${says.fix}, or accept it with \`exceptions: [{ control: "${control}", reason: "…" }]\``,
      );
      return;
    }
    this.used.add(control);
    const { reason, approvedBy, expires } = exception;
    this.tell(control, ControlStatus.Excepted, `${field} ${says.weaker}`, {
      reason,
      ...(approvedBy !== undefined && { approvedBy }),
      ...(expires !== undefined && { expires }),
    });
  }

  /** Open on purpose, for a reason that stands where it is opened. */
  open(control: string, detail: string, reason: string): void {
    this.tell(control, ControlStatus.Excepted, detail, { reason });
  }

  /** This kind of API cannot meet it. */
  unavailable(control: string, detail: string): void {
    this.tell(control, ControlStatus.Unavailable, detail);
  }

  /** It depends on what the component cannot see. */
  elsewhere(control: string, detail: string): void {
    this.tell(control, ControlStatus.Elsewhere, detail);
  }

  /** All that was told, by name; an exception that excepts nothing is a fault. */
  list(): Control[] {
    for (const control of this.exceptions.keys()) {
      if (this.used.has(control)) continue;
      this.faults.add("exceptions", `holds one for ${control}, which nothing here weakens`, "take it away");
    }
    return [...this.told].sort((a, b) => (a.control < b.control ? -1 : a.control > b.control ? 1 : 0));
  }

  private tell(control: string, status: ControlStatus, detail: string, more: Partial<Control> = {}): void {
    const said = this.told.some((one) => one.control === control && one.status === status && one.detail === detail);
    if (!said) this.told.push({ control, status, detail, frameworks: [...(frameworks[control] ?? [])], ...more });
  }
}

/** What an author writes as a reason. */
export function isReason(text: string | undefined): boolean {
  return typeof text === "string" && text.trim().length >= minimumReason;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
