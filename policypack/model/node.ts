import { asString, Bag, isRecord } from "./bag";
import type { Raw } from "./bag";
import { Value } from "./value";

/** What a resource is to the model, whatever provider, version or dialect describes it. */
export type Kind =
  | "restApi"
  | "restApiPut"
  | "resource"
  | "method"
  | "integration"
  | "stage"
  | "methodSettings"
  | "deployment"
  | "authorizer"
  | "httpApi"
  | "httpStage"
  | "httpRoute"
  | "httpIntegration"
  | "httpAuthorizer"
  | "usagePlan"
  | "usagePlanKey"
  | "apiKey"
  | "clientCertificate"
  | "basePathMapping"
  | "apiMapping"
  | "domain"
  | "httpDomain"
  | "webAcl"
  | "webAclRule"
  | "webAclLogging"
  | "webAclAssociation"
  | "distribution"
  | "userPool"
  | "logGroup"
  | "function"
  | "alias"
  | "restApiPolicy"
  | "requestValidator"
  | "model"
  | "httpModel"
  | "methodResponse"
  | "integrationResponse"
  | "httpIntegrationResponse"
  | "gatewayResponse"
  | "httpDeployment"
  | "managedOverrides"
  | "vpcLink"
  | "httpVpcLink"
  | "account"
  | "routingRule"
  | "domainAccess"
  | "ruleGroup"
  | "userPoolClient"
  | "resourceServer"
  | "permission"
  | "functionPolicy"
  | "functionUrl"
  | "certificate"
  | "certificateValidation"
  | "vpcEndpoint"
  | "vpcEndpointPolicy"
  | "loadBalancer"
  | "listener"
  | "deliveryStream"
  | "metricAlarm"
  | "secret"
  | "secretVersion"
  | "secretRotation"
  | "kmsKey"
  | "bucketObject"
  | "component"
  | "other";

/** A resource as one of the two hooks hands it over. */
export interface Observed {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Inputs, where the resource hook saw them. */
  readonly inputs?: Raw | undefined;
  /** Outputs, where the stack hook saw them. */
  readonly outputs?: Raw | undefined;
  readonly parent?: string | undefined;
  readonly dependencies: readonly string[];
  /** By input property, the URNs any part of its value came from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** A component resource: it has no provider. */
  readonly component: boolean;
}

/** A resource in the vocabulary of the model. */
export class Node {
  readonly bag: Bag;
  readonly young: boolean;

  constructor(
    readonly kind: Kind,
    private readonly observed: Observed,
    /** Names the node among several that one resource stands for. */
    readonly part = "",
  ) {
    const { inputs, outputs } = observed;
    const id: unknown = outputs?.["id"];
    this.young = outputs === undefined || id === undefined || !asString(Value.known(id)).isKnown() || isBlank(id);
    this.bag = new Bag(inputs, outputs, this.young);
  }

  get urn(): string {
    return this.observed.urn;
  }

  get type(): string {
    return this.observed.type;
  }

  /** The name the program gave the resource. */
  get name(): string {
    return this.observed.name;
  }

  get parent(): string | undefined {
    return this.observed.parent;
  }

  get dependencies(): readonly string[] {
    return this.observed.dependencies;
  }

  /** The inputs were seen, so what they leave out was not set. */
  get inputsSeen(): boolean {
    return this.observed.inputs !== undefined;
  }

  get id(): Value<string> {
    return this.bag.outputString("id");
  }

  get arn(): Value<string> {
    return this.bag.outputString("arn");
  }

  /** URNs that a property's value came from. */
  sources(property: string): readonly string[] {
    return this.observed.propertyDependencies[property] ?? [];
  }

  allSources(): readonly string[] {
    return Object.values(this.observed.propertyDependencies).flat();
  }

  /** Tags, whose keys may differ in case; bookkeeping keys are left out. */
  get tags(): Value<ReadonlyMap<string, Value<string>>> {
    const own = this.bag.value("tags");
    const all = this.bag.value("tagsAll");
    const read = (value: unknown): ReadonlyMap<string, Value<string>> => {
      const tags = new Map<string, Value<string>>();
      if (!isRecord(value)) return tags;
      const bag = new Bag(value, undefined, false);
      for (const key of bag.keys()) tags.set(key, bag.string(key));
      return tags;
    };
    if (own.isUnknown()) return Value.unknown();
    return Value.known(new Map([...read(all.get()), ...read(own.get())]));
  }

  /**
   * Tags of the provider may still come in. The merged tags are unknown as well where one of the resource's own is;
   * then nothing says that the provider has any.
   */
  get tagsOpen(): boolean {
    if (!this.bag.value("tagsAll").isUnknown()) return false;
    return [...(this.tags.get()?.values() ?? [])].every((value) => value.isKnown());
  }

  /** One tag, whatever the case of its key; unknown while tags of the provider may bring it. */
  tag(key: string): Value<string> {
    const { tags } = this;
    if (tags.isUnknown()) return Value.unknown(tags.reason);
    const wanted = key.toLowerCase();
    for (const [name, value] of tags.get() ?? []) {
      if (name.toLowerCase() === wanted && value.isPresent()) return value;
    }
    return this.tagsOpen ? Value.unknown() : Value.absent();
  }

  /** The name a person knows it by: what the program set, unless the provider made it up from the resource's name. */
  displayName(property = "name"): string {
    const name = this.bag.string(property).get();
    if (name === undefined || isAutoname(name, this.name)) return this.name;
    return name;
  }
}

function isBlank(id: unknown): boolean {
  return id === "" || id === "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
}

function isAutoname(name: string, logical: string): boolean {
  return name.length === logical.length + 8 && name.startsWith(`${logical}-`) && /^[0-9a-f]{7}$/.test(name.slice(-7));
}
