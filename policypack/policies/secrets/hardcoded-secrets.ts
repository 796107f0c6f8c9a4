import { globMatches } from "../../core/glob";
import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { unreadBodies } from "../../core/unread-bodies";
import type { Graph } from "../../model/graph";
import { bodyCredentials, secretPlaces } from "../../model/secret-places";
import type { Place } from "../../model/secret-places";
import { credentialIn, formatIn, isTellingName, tokenInExpression } from "../../model/secrets";
import { resourceSubject } from "../../model/subject";

const holds = (what: string, where: string): string => `holds ${what} in plain text in ${where}`;

function judgePlace({ subject, where, name, form, text, free }: Place): Outcome[] {
  const at = subject;
  const known = text.get();
  if (known !== undefined) {
    const what = form === "expression" ? tokenInExpression(known) : credentialIn(known, form, name);
    return what === undefined ? [] : [fault(holds(what, where), { at })];
  }
  const telling = name !== undefined && isTellingName(name);
  if (!text.isUnknown() || !(telling || free || text.reason === "secret")) return [];
  // What the program itself keeps secret, under a name that says what it is, stands there in plain text.
  if (telling && text.reason === "secret") return [fault(holds("a secret of the program", where), { at })];
  const what = telling ? "what may be a secret and is" : "text that is";
  return [unverified(`holds ${what} not known yet in ${where}`, { at })];
}

/** Credentials that stand elsewhere in a body, and those in a body that cannot be read as one. */
function judgeBodies(graph: Graph): Outcome[] {
  return graph.apis.flatMap((api) =>
    api.bodies.flatMap(({ node, document }) => {
      const at = resourceSubject(node, api.label, api);
      const known = document.get();
      if (known === undefined) {
        const what = formatIn(node.bag.string("body").get() ?? "");
        return what === undefined ? [] : [fault(holds(what, "its OpenAPI body"), { at })];
      }
      return bodyCredentials(known).map(({ title, pointer, more }) => {
        const others = more === 0 ? "" : ` and ${String(more)} more`;
        return fault(holds(title, `its OpenAPI body (${pointer}${others})`), { at });
      });
    }),
  );
}

export const hardcodedSecrets = definePolicy({
  name: "hardcoded-secrets",
  topic: "secrets",
  description: "The configuration of API Gateway and of the functions behind it holds no secret in plain text.",
  why: "Whoever may read the stage, the function or the state of the stack reads the secret, and it stays in every copy and backup of them when it is changed.",
  fix: "Keep it in Secrets Manager or Parameter Store, give the function the ARN or the name, let it read the secret when it runs, and change the secret, which is known now.",
  severity: "critical",
  level: "mandatory",
  where: "R+S",
  practice: "tip 2: nothing hard-coded in Lambda or environment",
  frameworks: { "OWASP API Security Top 10": ["API8:2023"] },
  peers: [
    "CKV_AWS_45",
    "apigateway_restapi_no_secrets_in_stage_variables",
    "awslambda_function_no_secrets_in_variables",
    "CTL.APIGATEWAY.STAGE.VARS.CREDENTIALS.001",
  ],
  options: {
    allowedNames: option<readonly string[]>(
      "Names of variables and parameters that hold no secret whatever they look like: globs; case does not matter.",
      { type: "array", items: { type: "string" } },
      [],
    ),
  },
  on: "stack",
  check: (graph, { options }) => {
    const allowed = ({ name }: Place): boolean =>
      name !== undefined && options.allowedNames.some((glob) => globMatches(glob, name, true));
    return [
      ...secretPlaces(graph)
        .filter((place) => !allowed(place))
        .flatMap(judgePlace),
      ...judgeBodies(graph),
      ...(graph.whole ? unreadBodies(graph, "secrets") : []),
    ];
  },
  examples: {
    pass: [
      {
        title: "a function is told where its secret is kept",
        program: ({ aws, pulumi }) => {
          const secret = new aws.secretsmanager.Secret("orders-db");
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: {
              variables: { DB_SECRET_ARN: secret.arn, DB_PASSWORD: "{{resolve:secretsmanager:orders-db}}" },
            },
          });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: handler.invokeArn,
            payloadFormatVersion: "2.0",
          });
        },
      },
      {
        title: "stage variables and parameters that only name things",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            variables: { tokenUrl: "https://auth.example.com/token", apiKeyHeader: "x-api-key", password: "changeme" },
          });
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://backend.example.com/orders",
            requestParameters: { "integration.request.header.Authorization": "method.request.header.Authorization" },
            requestTemplates: { "application/json": '{"token":"$context.authorizer.token"}' },
          });
        },
      },
      {
        title: "a function that no API calls is none of this policy's",
        program: ({ aws, pulumi }) => {
          new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.lambda.Function("nightly", {
            role: "arn:aws:iam::111122223333:role/nightly",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { DB_PASSWORD: "correct-horse-42" } },
          });
        },
      },
      {
        title: "a name is allowed",
        config: { allowedNames: ["*_SITE_TOKEN"] },
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            stageVariables: { ANALYTICS_SITE_TOKEN: "a1b2c3d4e5f6" },
          });
        },
      },
      {
        title: "an OpenAPI body that passes the caller's token on and names a secret",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  post: {
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "POST",
                      uri: "https://backend.example.com/orders",
                      requestParameters: {
                        "integration.request.header.Authorization": "method.request.header.Authorization",
                      },
                      requestTemplates: {
                        "application/json": '{"secretName":"prod/orders/db","token":"$input.params(\'X-Token\')"}',
                      },
                    },
                  },
                },
              },
            }),
          });
        },
      },
    ],
    fail: [
      {
        title: "a password in a variable of a REST stage",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          const deployment = new aws.apigateway.Deployment("orders", { restApi: api.id });
          new aws.apigateway.Stage("prod", {
            restApi: api.id,
            deployment: deployment.id,
            stageName: "prod",
            variables: { dbPassword: "correct-horse-42" },
          });
        },
      },
      {
        title: "an access key, told by its form, in a variable of a WebSocket stage",
        program: ({ aws }) => {
          const api = new aws.apigatewayv2.Api("chat", {
            protocolType: "WEBSOCKET",
            routeSelectionExpression: "$request.body.action",
          });
          new aws.apigatewayv2.Stage("prod", {
            apiId: api.id,
            name: "prod",
            stageVariables: { partner: ["AKIA", "IOSFODNN7EXAMPLE"].join("") },
          });
        },
      },
      {
        title: "the environment of a function behind an alias behind an HTTP API",
        program: ({ aws, pulumi }) => {
          const handler = new aws.lambda.Function("orders", {
            role: "arn:aws:iam::111122223333:role/orders",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { JWT_SECRET: "correct-horse-42" } },
          });
          const alias = new aws.lambda.Alias("live", { functionName: handler.name, functionVersion: "1" });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Integration("orders", {
            apiId: api.id,
            integrationType: "AWS_PROXY",
            integrationUri: alias.invokeArn,
            payloadFormatVersion: "2.0",
          });
        },
      },
      {
        title: "the environment of an authorizer, which a literal ARN names",
        program: ({ aws, pulumi }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.lambda.Function("check", {
            name: "check",
            role: "arn:aws:iam::123456789012:role/check",
            runtime: "nodejs22.x",
            handler: "index.handler",
            code: new pulumi.asset.AssetArchive({}),
            environment: { variables: { CONFIG: '{"clientSecret":"correct-horse-42"}' } },
          });
          new aws.apigateway.Authorizer("check", {
            restApi: api.id,
            authorizerUri:
              "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:check/invocations",
          });
        },
      },
      {
        title: "an API key for the backend in an integration's parameter",
        program: ({ aws }) => {
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Integration("orders", {
            restApi: api.id,
            resourceId: api.rootResourceId,
            httpMethod: "GET",
            type: "HTTP",
            integrationHttpMethod: "GET",
            uri: "https://backend.example.com/orders",
            requestParameters: { "integration.request.header.x-api-key": "'a1b2c3d4e5f6'" },
          });
        },
      },
      {
        title: "a token in the template of an operation of an OpenAPI body",
        program: ({ aws }) => {
          new aws.apigateway.RestApi("orders", {
            body: JSON.stringify({
              openapi: "3.0.1",
              info: { title: "orders", version: "1" },
              paths: {
                "/orders": {
                  post: {
                    "x-amazon-apigateway-auth": { type: "AWS_IAM" },
                    "x-amazon-apigateway-integration": {
                      type: "http",
                      httpMethod: "POST",
                      uri: "https://backend.example.com/orders",
                      requestTemplates: { "application/json": '{"authToken":"a1b2c3d4e5f6","body":$input.body}' },
                    },
                  },
                },
              },
            }),
          });
        },
      },
    ],
  },
});
