import * as path from "node:path";
import { load } from "./module.cjs";

/** A program of `components/functions`. */
export function functionModule<T>(name: string): Promise<T> {
  return load(path.join(__dirname, "..", "..", "components", "functions", `${name}.mjs`)) as Promise<T>;
}

/** One step of a rotation, as Secrets Manager asks for it. */
export interface Step {
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly Step: string;
}

/** What a rotation knows how to do. */
export interface Steps {
  create(text: string, token: string): Promise<string>;
  set(text: string): Promise<unknown>;
  test(text: string): Promise<unknown>;
  retire(text: string): Promise<unknown>;
}

export type Rotate = (event: Step, secrets: Secrets, steps: Steps) => Promise<void>;

/** Secrets Manager with one secret, as far as rotations use it. */
export class Secrets {
  /** Text of each version; undefined of one that holds nothing yet. */
  readonly texts = new Map<string, string | undefined>();
  readonly labels = new Map<string, string[]>();
  enabled = true;
  private drawn = 0;

  constructor(text: unknown) {
    this.texts.set("first", JSON.stringify(text));
    this.labels.set("first", ["AWSCURRENT", "gatehouse-initial"]);
  }

  /** What holders of the label read. */
  get(label: string): unknown {
    const version = this.versionOf(label);
    const text = version === undefined ? undefined : this.texts.get(version);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Starts a rotation, as the service does: a version that holds nothing. */
  begin(token: string): void {
    this.texts.set(token, undefined);
    this.labels.set(token, ["AWSPENDING"]);
  }

  describe = (): Promise<unknown> =>
    Promise.resolve({ RotationEnabled: this.enabled, VersionIdsToStages: Object.fromEntries(this.labels) });

  read = (_: string, label: string): Promise<string | undefined> => {
    const version = this.versionOf(label);
    return Promise.resolve(version === undefined ? undefined : this.texts.get(version));
  };

  write = (_: string, token: string, text: string): Promise<void> => {
    this.texts.set(token, text);
    return Promise.resolve();
  };

  promote = (_: string, to: string, from: string): Promise<void> => {
    this.labels.set(
      from,
      (this.labels.get(from) ?? []).filter((label) => label !== "AWSCURRENT"),
    );
    this.labels.set(to, ["AWSCURRENT"]);
    return Promise.resolve();
  };

  password = (): Promise<string> => Promise.resolve(`drawn-${String(++this.drawn)}`);

  private versionOf(label: string): string | undefined {
    return [...this.labels].find(([, labels]) => labels.includes(label))?.[0];
  }
}

/** Every step of one rotation, each of them `times` times, as the service asks again where it got no answer. */
export async function rotateOnce(
  rotate: Rotate,
  secrets: Secrets,
  steps: Steps,
  token: string,
  times = 1,
): Promise<void> {
  secrets.begin(token);
  for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
    for (let time = 0; time < times; time++) {
      await rotate({ SecretId: "secret", ClientRequestToken: token, Step }, secrets, steps);
    }
  }
}
