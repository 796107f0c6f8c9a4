import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { Analyzer } from "../../preview/analyzer";
import type { Remediation } from "../../preview/analyzer";
import { EmbeddedEngine } from "../../preview/engine";
import type { Registered } from "../../preview/engine";
import type { Unknowns } from "../../preview/provider";
import { report } from "../../preview/report";
import type { Report } from "../../preview/report";
import * as path from "node:path";

/** What the runtime exports for its own entry point and leaves out of its types. */
const { awaitFeatureSupport, waitForRPCs } = settings as unknown as {
  readonly awaitFeatureSupport: () => Promise<void>;
  readonly waitForRPCs: () => Promise<void>;
};

export type Program = (packages: { readonly aws: typeof aws; readonly pulumi: typeof pulumi }) => void;

/** Runs a program in this process against the embedded engine and returns what it registered. */
export async function register(
  program: Program,
  unknowns: Unknowns,
  stack = "dev",
  project = "example",
): Promise<Registered[]> {
  const engine = new EmbeddedEngine({ project, stack, unknowns });
  const address = await engine.start();
  try {
    pulumi.runtime.resetOptions(project, stack, 16, address, address, true, "organization");
    await awaitFeatureSupport();
    await pulumi.runtime.runInPulumiStack(() => {
      program({ aws, pulumi });
      return Promise.resolve({});
    });
    await waitForRPCs();
    await pulumi.runtime.disconnect();
    return engine.registered;
  } finally {
    engine.stop();
  }
}

/** The compiled pack in a process of its own, asked over gRPC. */
export class Pack {
  private constructor(
    private readonly analyzer: Analyzer,
    private readonly engine: EmbeddedEngine,
  ) {}

  static async boot(directory = path.join(__dirname, "..", "..", "policypack")): Promise<Pack> {
    const engine = new EmbeddedEngine({ project: "example", stack: "dev", unknowns: "keep" });
    return new Pack(await Analyzer.boot(directory, await engine.start(), true), engine);
  }

  get policies(): Analyzer["policies"] {
    return this.analyzer.policies;
  }

  async judge(
    resources: readonly Registered[],
    config: Readonly<Record<string, unknown>> = {},
    stackTags: Readonly<Record<string, string>> = {},
  ): Promise<Report> {
    await this.analyzer.configure(config, "configuration of the test");
    await this.analyzer.configureStack(stackTags);
    const diagnostics = await this.analyzer.judge(resources);
    return report({ version: "0", project: "example", stack: "dev" }, resources, diagnostics, this.policies);
  }

  /** What the policies at the level `remediate` make of one resource. */
  async remediate(resource: Registered, config: Readonly<Record<string, unknown>>): Promise<Remediation[]> {
    await this.analyzer.configure(config, "configuration of the test");
    return this.analyzer.remediate(resource, new Map());
  }

  close(): void {
    this.analyzer.close();
    this.engine.stop();
  }
}
