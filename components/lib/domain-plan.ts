import type { ApiDomainArgs, ApiMapping, MutualTls } from "../api-domain";
import type { Control } from "../args";
import { readArguments } from "./arguments";
import { Controls } from "./controls";
import { IsolationPlan } from "./environment";
import { Faults } from "./faults";
import { slugs } from "./names";
import { newerProvider } from "./provider";
import { checkStageName, namesOf, restStage, secondStage } from "./stages";
import type { StageNames } from "./stages";

/** Controls of which a domain may need an exception. */
const exceptable = ["domain-tls", "endpoint-type"] as const;

export interface MappingPlan extends StageNames {
  /** Part of names. */
  readonly slug: string;
  /** Path without its first slash; "" for all paths. */
  readonly key: string;
}

/** Arguments of `ApiDomain`, checked, with defaults. */
export interface DomainPlan {
  readonly faults: Faults;
  readonly isolation: IsolationPlan;
  readonly controls: Control[];
  readonly edge: boolean;
  readonly securityPolicy: string;
  /** Undefined with a policy that has none. */
  readonly endpointAccessMode: string | undefined;
  readonly mappings: readonly MappingPlan[];
  readonly protect: boolean;
}

type ApiKind = "rest" | "http" | "websocket";

/** Checks everything and throws one error with all faults. */
export function planApiDomain(name: string, given: ApiDomainArgs): DomainPlan {
  const faults = new Faults("ApiDomain", name);
  const args = readArguments("ApiDomain", given, faults);
  const isolation = IsolationPlan.read(args.isolation, faults);
  const controls = new Controls(args.exceptions, exceptable, faults);
  checkDomainName(args, faults);
  const { kinds, mappings } = planMappings(args, isolation, faults);
  const edge = planEndpoint(args, kinds, mappings, controls, faults);
  const tls = planTls(args, kinds, edge, controls, faults);
  if (args.mutualTls !== undefined) checkMutualTls(args.mutualTls, edge, faults);
  tellWhatHolds(args, isolation, controls);
  const list = controls.list();
  faults.throwIfAny();
  return {
    faults,
    isolation,
    controls: list,
    edge,
    ...tls,
    mappings,
    protect: args.protect ?? isolation.defaults.protect,
  };
}

/** A name, and a certificate for it. */
export function checkDomainName(
  { domainName, certificateArn, hostedZoneId }: Pick<ApiDomainArgs, "domainName" | "certificateArn" | "hostedZoneId">,
  faults: Faults,
): void {
  if (typeof domainName !== "string" || !/^([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(domainName)) {
    const wildcard = typeof domainName === "string" && domainName.startsWith("*.");
    faults.add(
      "domainName",
      `is ${JSON.stringify(domainName)}`,
      wildcard ? "name one domain for each environment" : "write a name in lower case, as api.example.com",
    );
  }
  if (certificateArn === undefined && hostedZoneId === undefined) {
    faults.add("certificateArn", "is not given", "give it, or `hostedZoneId`, in which a new one is validated");
  }
}

const fields: Readonly<Record<ApiKind, readonly (keyof ApiMapping)[]>> = {
  rest: ["restStage", "restApiId"],
  http: ["httpStage", "httpApiId"],
  websocket: ["webSocketStage", "webSocketApiId"],
};

function planMappings(
  args: ApiDomainArgs,
  isolation: IsolationPlan,
  faults: Faults,
): { readonly kinds: ReadonlySet<ApiKind>; readonly mappings: readonly MappingPlan[] } {
  const entries = Object.entries((args.mappings as ApiDomainArgs["mappings"] | undefined) ?? {});
  if (entries.length === 0) faults.add("mappings", "is empty", 'name a stage, as `{ "/": { restStage: … } }`');
  const parts = slugs(entries.map(([path]) => path));
  const kinds = new Set<ApiKind>();
  const mappings = entries.flatMap(([path, written]): MappingPlan[] => {
    const field = `mappings[${JSON.stringify(path)}]`;
    if (!/^\/$|^(\/[A-Za-z0-9$_.+!*'()-]+)+$/.test(path)) {
      faults.add(field, "is no path", "write `/`, or as `/orders` or `/orders/v2`");
    }
    const given = (Object.keys(fields) as ApiKind[]).flatMap((kind) =>
      fields[kind].filter((one) => written[one] !== undefined).map((one) => ({ kind, one })),
    );
    const [only, ...more] = given;
    if (only === undefined || more.length > 0) {
      faults.add(
        field,
        only === undefined ? "names no stage" : `has ${given.map(({ one }) => one).join(" and ")}`,
        "give one of `restStage`, `httpStage`, `webSocketStage`, or the id of another stack's API with `stageName`",
      );
      return [];
    }
    kinds.add(only.kind);
    const names = stageOf(field, written, isolation, faults);
    return names === undefined ? [] : [{ slug: parts.get(path) ?? path, key: path.slice(1), ...names }];
  });
  if (kinds.has("websocket") && kinds.size > 1) {
    faults.add("mappings", "hold WebSocket APIs beside others, which share no domain", "give them one of their own");
  }
  return { kinds, mappings };
}

function stageOf(field: string, written: ApiMapping, isolation: IsolationPlan, faults: Faults): StageNames | undefined {
  const { restStage: rest, httpStage, webSocketStage, stageName } = written;
  const second = httpStage ?? webSocketStage;
  if (stageName !== undefined && (rest ?? second) !== undefined) {
    faults.add(`${field}.stageName`, "stands beside the stage itself", "take it away");
  }
  if (rest !== undefined) return namesOf(field, restStage(rest), isolation, faults);
  if (second !== undefined) return namesOf(field, secondStage(second), isolation, faults);
  const apiId = written.restApiId ?? written.httpApiId ?? written.webSocketApiId;
  checkStageName(`${field}.stageName`, stageName, isolation, faults);
  if (apiId === undefined || stageName === undefined) {
    faults.add(`${field}.stageName`, "is not given, so that callers could choose any stage", "name the stage");
    return undefined;
  }
  return { apiId, stageName };
}

function planEndpoint(
  { endpointType = "REGIONAL" }: ApiDomainArgs,
  kinds: ReadonlySet<ApiKind>,
  mappings: readonly MappingPlan[],
  controls: Controls,
  faults: Faults,
): boolean {
  const edge = endpointType === "EDGE";
  if (!edge && endpointType !== "REGIONAL") {
    faults.add("endpointType", `is ${JSON.stringify(endpointType)}`, "write REGIONAL or EDGE");
  }
  if (edge && [...kinds].some((kind) => kind !== "rest")) {
    faults.add("endpointType", "is EDGE, which HTTP and WebSocket APIs do not have", "write REGIONAL");
  }
  if (edge && mappings.some(({ key }) => key.includes("/"))) {
    faults.add("mappings", "have paths of several levels, which an EDGE domain does not take", "write REGIONAL");
  }
  controls.unless(edge, "endpoint-type", "endpointType", {
    met: "The domain is REGIONAL.",
    weaker: "is EDGE, behind a distribution that is not yours to configure",
    fix: "write REGIONAL",
  });
  if (edge) newerProvider("endpointType", faults);
  return edge;
}

const legacyPolicies = new Set(["TLS_1_0", "TLS_1_2"]);

/** The strongest policy that API Gateway takes for these APIs. */
function planTls(
  args: ApiDomainArgs,
  kinds: ReadonlySet<ApiKind>,
  edge: boolean,
  controls: Controls,
  faults: Faults,
): Pick<DomainPlan, "securityPolicy" | "endpointAccessMode"> {
  const { mutualTls, endpointAccessMode: mode } = args;
  const bound =
    mutualTls !== undefined
      ? "with mutual TLS"
      : [...kinds].some((kind) => kind !== "rest")
        ? "before HTTP or WebSocket APIs"
        : undefined;
  const enhanced = edge ? "SecurityPolicy_TLS13_2025_EDGE" : "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09";
  const best = bound === undefined ? enhanced : "TLS_1_2";
  const { securityPolicy = best } = args;
  const legacy = legacyPolicies.has(securityPolicy);
  if (!legacy && !securityPolicy.startsWith("SecurityPolicy_TLS1")) {
    faults.add("securityPolicy", `is ${JSON.stringify(securityPolicy)}`, `name one of API Gateway, as ${best}`);
  } else if (!legacy && bound !== undefined) {
    faults.add("securityPolicy", `is ${securityPolicy}, which API Gateway refuses ${bound}`, "write TLS_1_2");
  }
  if (!legacy) newerProvider("securityPolicy", faults);
  if (mode !== undefined && mode !== "STRICT" && mode !== "BASIC") {
    faults.add("endpointAccessMode", `is ${JSON.stringify(mode)}`, "write STRICT or BASIC");
  } else if (mode !== undefined && legacy) {
    faults.add("endpointAccessMode", `is given, and ${securityPolicy} has none`, "take it away");
  }
  controls.unless(securityPolicy === "TLS_1_0", "domain-tls", "securityPolicy", {
    met: `The domain accepts ${securityPolicy}.`,
    weaker: "is TLS_1_0",
    fix: `write ${best}`,
  });
  return { securityPolicy, endpointAccessMode: legacy ? undefined : (mode ?? "STRICT") };
}

function checkMutualTls(args: MutualTls, edge: boolean, faults: Faults): void {
  const { certificates, truststoreUri: uri, truststoreVersion: version } = args;
  if (edge) faults.add("mutualTls", "is not for EDGE domains", "write REGIONAL");
  if (certificates === undefined) {
    if (uri === undefined) {
      faults.add(
        "mutualTls",
        "names no truststore",
        "give `certificates`, or `truststoreUri` with `truststoreVersion`",
      );
    } else if (version === undefined || version === "") {
      faults.add(
        "mutualTls.truststoreVersion",
        "is not given, so that whoever may write the object says who is let in",
        "name the version of the object",
      );
    }
  } else if (uri !== undefined || version !== undefined) {
    faults.add("mutualTls.certificates", "stand beside a truststore of yours", "give one of them");
  }
  if (typeof certificates === "string" && !certificates.includes("-----BEGIN CERTIFICATE-----")) {
    faults.add("mutualTls.certificates", "hold no certificate", "write them as PEM");
  }
  if (typeof uri === "string" && !/^s3:\/\/[^/]+\/.+/.test(uri)) {
    faults.add("mutualTls.truststoreUri", `is ${JSON.stringify(uri)}`, "write it as s3://bucket/key");
  }
  if (certificates !== undefined) newerProvider("mutualTls.certificates", faults);
}

function tellWhatHolds(args: ApiDomainArgs, isolation: IsolationPlan, controls: Controls): void {
  if (args.certificateArn === undefined) {
    controls.meet("domain-certificate", "ACM issues and renews the certificate, for this name alone.");
  } else controls.elsewhere("domain-certificate", "The certificate is one of yours.");
  controls.meet("domain-single-environment", `Only stages of ${isolation.environment} are behind the domain.`);
  controls.elsewhere("default-endpoint-disabled", "The APIs set `disableExecuteApiEndpoint`.");
  if (args.mutualTls !== undefined) {
    controls.meet("domain-mutual-tls", "Callers show a certificate; the truststore's version is pinned.");
  }
}
