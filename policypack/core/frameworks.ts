import type { Policy } from "@pulumi/policy";
import type { AnyPolicy } from "./policy";

/** A framework as Pulumi Cloud shows it. */
interface Framework {
  readonly name: string;
  readonly version: string;
  /** Its own page. */
  readonly reference: string;
  readonly tag: string;
}

/** The frameworks that policies map to, by the names they use; of several, the first here is shown as the policy's. */
const frameworks: ReadonlyMap<string, Framework> = new Map([
  [
    "AWS FSBP",
    {
      name: "AWS Foundational Security Best Practices",
      version: "1.0.0",
      reference: "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html",
      tag: "aws-fsbp",
    },
  ],
  [
    "NIST 800-53 r5",
    {
      name: "NIST SP 800-53",
      version: "Rev. 5",
      reference: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
      tag: "nist-800-53-r5",
    },
  ],
  [
    "PCI DSS",
    {
      name: "PCI DSS",
      version: "4.0.1",
      reference: "https://www.pcisecuritystandards.org/document_library/",
      tag: "pci-dss",
    },
  ],
  [
    "CIS AWS",
    {
      name: "CIS AWS Foundations Benchmark",
      version: "7.0",
      reference: "https://www.cisecurity.org/benchmark/amazon_web_services",
      tag: "cis-aws",
    },
  ],
  [
    "OWASP API Security Top 10",
    {
      name: "OWASP API Security Top 10",
      version: "2023",
      reference: "https://owasp.org/API-Security/editions/2023/en/0x11-t10/",
      tag: "owasp-api-top-10",
    },
  ],
]);

type Mapping = readonly [framework: Framework, ids: readonly string[]];

function mappingsOf(policy: AnyPolicy): Mapping[] {
  return [...frameworks].flatMap(([key, framework]): Mapping[] => {
    const ids = policy.frameworks?.[key];
    return ids === undefined ? [] : [[framework, ids]];
  });
}

/** The one framework that Pulumi shows of a policy. */
export function frameworkOf(policy: AnyPolicy): Pick<Policy, "framework"> {
  const [first] = mappingsOf(policy);
  if (first === undefined) return {};
  const [{ name, version, reference }, ids] = first;
  return { framework: { name, version, reference, specification: ids.join(", ") } };
}

/** Tags that name every framework of a policy: `pci-dss`. */
export function frameworkTags(policy: AnyPolicy): string[] {
  return mappingsOf(policy).map(([{ tag }]) => tag);
}

/** The names that policies may use. */
export const frameworkNames: readonly string[] = [...frameworks.keys()];
