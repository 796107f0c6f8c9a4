import assert from "node:assert/strict";
import type * as Pulumi from "@pulumi/pulumi";
import type * as Aws from "@pulumi/aws";
import type * as Compliant from "../../examples/violations/compliant";
import type { Registered } from "../../preview/engine";
import type { Unknowns } from "../../preview/provider";
import type { Report } from "../../preview/report";
import { register } from "./stack";
import type { Pack } from "./stack";

type Shop = typeof Compliant;
export type Rest = Compliant.Rest;
export type Http = Compliant.Http;
export type WebSocket = Compliant.WebSocket;
export type Tags = Readonly<Record<"environment" | "owner", string>>;

/** What a variant of a program is made with: the pieces of the example programs, which pass the whole pack. */
export class Pieces {
  constructor(
    readonly shop: Shop,
    readonly aws: typeof Aws,
    readonly pulumi: typeof Pulumi,
  ) {}

  /** A REST API with nothing to object to, and no method yet. */
  rest(name = "orders", args: Partial<Aws.apigateway.RestApiArgs> = {}): Rest {
    return new this.shop.Rest(name, new this.shop.Backend(name), args).answerErrors().allow().alarm();
  }

  /** As {@link rest}, with one method and one stage behind a web ACL. */
  orders(
    args: {
      readonly api?: Partial<Aws.apigateway.RestApiArgs>;
      readonly method?: Partial<Aws.apigateway.MethodArgs>;
      readonly verb?: string;
      readonly integration?: Partial<Aws.apigateway.IntegrationArgs>;
      readonly stage?: Parameters<Rest["stage"]>[1];
      readonly build?: (orders: Rest) => void;
    } = {},
  ): Rest & { readonly stageOf: Aws.apigateway.Stage } {
    const orders = this.rest("orders", args.api);
    orders.method("orders", args.verb ?? "GET", "orders", args.method, args.integration);
    args.build?.(orders);
    const webAcl = args.stage && "webAcl" in args.stage ? {} : { webAcl: this.shop.firewall("shop", "REGIONAL") };
    return Object.assign(orders, { stageOf: orders.stage("orders", { ...webAcl, ...args.stage }) });
  }

  /** An API of an OpenAPI body, deployed. */
  body(document: Readonly<Record<string, unknown>>, args: Partial<Aws.apigateway.RestApiArgs> = {}): Rest {
    const orders = this.rest("orders", { body: JSON.stringify(document), ...args });
    orders.stage("orders", { webAcl: this.shop.firewall("shop", "REGIONAL") });
    return orders;
  }

  /** An HTTP API behind CloudFront, with what `build` gives it. */
  http(
    args: Partial<Aws.apigatewayv2.ApiArgs> = {},
    build: (orders: Http) => void = (orders) => void orders.route("orders", "GET /orders"),
    stage: Parameters<Http["stage"]>[1] = {},
  ): Http {
    const { Backend, Front, Http, firewall } = this.shop;
    const orders = new Http("orders", new Backend("orders"), args).alarm();
    build(orders);
    new Front("shop", firewall("shop", "CLOUDFRONT")).publish("orders", orders.api, orders.stage("orders", stage).name);
    return orders;
  }

  /** A WebSocket API behind CloudFront. */
  chat(
    args: Partial<Aws.apigatewayv2.ApiArgs> = {},
    stage: Parameters<WebSocket["stage"]>[1] = {},
    build: (chat: WebSocket) => void = () => undefined,
  ): WebSocket {
    const { Backend, Front, WebSocket, firewall } = this.shop;
    const chat = new WebSocket("chat", new Backend("chat"), args);
    build(chat);
    new Front("chat", firewall("chat", "CLOUDFRONT")).publish("chat", chat.api, chat.stage("chat", stage).name);
    return chat;
  }

  /** A resource of any type, of providers that are not installed too. */
  raw(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Pulumi.CustomResource {
    const Any = class extends this.pulumi.CustomResource {};
    return new Any(type, name, inputs);
  }
}

/** A policy that lets in whom the statement says. */
export const allowing = (more: object = {}, ...others: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*", ...more },
      ...others,
    ],
  });

/** A variant of a program, and the policies that speak of it; none, unless told. */
export type Variant = readonly [title: string, build: (pieces: Pieces) => void, policies?: readonly string[]];

/** Makes tests of variants: the whole pack says of each what is told, and nothing else, in both modes. */
export function judgeVariants(title: string, variants: readonly Variant[], pack: () => Pack): void {
  describe(title, () => {
    for (const [circumstance, build, policies = []] of variants) {
      for (const unknowns of ["keep", "resolve"] as const) {
        const says = policies.length === 0 ? "passes" : `says ${policies.join(", ")}`;
        it(`${circumstance}: ${says} (${unknowns})`, async () => {
          const { violations, unverified } = await judged(build, unknowns, pack());
          const each = [...violations, ...unverified].map(({ policy, urn, message }) => `${policy} ${urn} ${message}`);
          const said = each.join("\n");
          assert.deepEqual([...new Set(violations.map(({ policy }) => policy))].sort(), [...policies].sort(), said);
          assert.deepEqual(unverified, [], said);
          assert.doesNotMatch(said, /undefined|04da6b54|\[object|policy itself failed/);
          assert.equal(new Set(each).size, each.length, said);
        });
      }
    }
  });
}

const reports = new Map<Variant[1], Map<Unknowns, Promise<Report>>>();

/** What a program of the pieces registers, in a stack whose name tells no environment. */
export const registerShop = (build: Variant[1], unknowns: Unknowns): Promise<Registered[]> =>
  register(({ aws, pulumi }) => build(new Pieces(openShop(), aws, pulumi)), unknowns, "shop");

/** Judged once, however many variants are made alike. */
function judged(build: Variant[1], unknowns: Unknowns, pack: Pack): Promise<Report> {
  const known = reports.get(build) ?? new Map<Unknowns, Promise<Report>>();
  reports.set(build, known);
  const judging = known.get(unknowns) ?? registerShop(build, unknowns).then((resources) => pack.judge(resources));
  known.set(unknowns, judging);
  return judging;
}

/** Loaded anew each time: the pieces register a key of their own as they load. */
function openShop(): Shop {
  const file = require.resolve("../../examples/violations/compliant");
  Reflect.deleteProperty(require.cache, file);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(file) as Shop;
}
