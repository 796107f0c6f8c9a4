import { definePolicy, fault, unverified } from "../../core/policy";
import { cachingElsewhere, cachingOf } from "../../model/cache";
import type { Caching } from "../../model/cache";
import { cacheEncryptionOn } from "../../model/remedy";

function judge({ subject: at, asked, enabled, encrypted }: Caching) {
  if (asked.is(false) || encrypted.is(true)) return [];
  if (asked.isUnknown() || encrypted.isUnknown()) {
    return enabled.is(false) ? [] : [unverified("may cache responses unencrypted, which is not known yet", { at })];
  }
  // Whoever gives the stage a cache later, elsewhere, will not come by these settings.
  const when = enabled.is(true) ? "" : ", as soon as the stage has a cache";
  return [fault(`cache responses unencrypted${when}`, { at })];
}

export const cacheEncryption = definePolicy({
  name: "cache-encryption",
  topic: "encryption",
  description: "Responses that API Gateway caches are encrypted.",
  why: "A cache holds the answers of an API, personal data and all, on a machine for as long as an hour; unencrypted they lie there in plain text.",
  fix: "Set `cacheDataEncrypted: true` beside `cachingEnabled`.",
  severity: "medium",
  level: "mandatory",
  where: "S",
  practice: "threat 5: no encryption",
  frameworks: { "AWS FSBP": ["APIGateway.5"], "NIST 800-53 r5": ["SC-13", "SC-28"] },
  peers: ["CKV_AWS_308", "AVD-AWS-0002", "W87", "CT.APIGATEWAY.PR.3", "apigateway_restapi_cache_encrypted"],
  on: "stack",
  check: (graph) => [...graph.stages.flatMap(cachingOf), ...cachingElsewhere(graph)].flatMap(judge),
  remedy: cacheEncryptionOn,
  examples: {
    pass: [
      {
        title: "cached responses are encrypted",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
            cacheClusterSize: "0.5",
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "a cache that no settings use",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { loggingLevel: "INFO" },
          });
        },
      },
      {
        title: "responses are kept for no time at all",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheTtlInSeconds: 0 },
          });
        },
      },
      {
        title: "settings of another stack's stage are encrypted",
        program: ({ aws }) => {
          new aws.apigateway.MethodSettings("all", {
            restApi: "a1b2c3d4e5",
            stageName: "prod",
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
        },
      },
      {
        title: "HTTP APIs have no cache",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", { apiId: api.id, name: "prod" });
        },
      },
    ],
    fail: [
      {
        title: "responses of all methods are cached unencrypted",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true },
          });
        },
      },
      {
        title: "settings of one method are not encrypted by those of all",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            cacheClusterEnabled: true,
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: true },
          });
          new aws.apigateway.MethodSettings("list-orders", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "~1orders/GET",
            settings: { cachingEnabled: true, cacheTtlInSeconds: 60 },
          });
        },
      },
      {
        title: "the settings ask for caching, and the stage is yet to get a cache",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          const stage = new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
          });
          new aws.apigateway.MethodSettings("all", {
            restApi: api.id,
            stageName: stage.stageName,
            methodPath: "*/*",
            settings: { cachingEnabled: true },
          });
        },
      },
      {
        title: "settings of another stack's stage",
        program: ({ aws }) => {
          new aws.apigateway.MethodSettings("all", {
            restApi: "a1b2c3d4e5",
            stageName: "prod",
            methodPath: "*/*",
            settings: { cachingEnabled: true, cacheDataEncrypted: false },
          });
        },
      },
      {
        title: "one of two stages caches responses unencrypted",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          for (const stageName of ["dev", "prod"]) {
            const stage = new aws.apigateway.Stage(stageName, {
              restApi: api.id,
              deployment: deployment.id,
              stageName,
              cacheClusterEnabled: true,
            });
            new aws.apigateway.MethodSettings(stageName, {
              restApi: api.id,
              stageName: stage.stageName,
              methodPath: "*/*",
              settings: { cachingEnabled: true, cacheDataEncrypted: stageName === "prod" },
            });
          }
        },
      },
    ],
  },
});
