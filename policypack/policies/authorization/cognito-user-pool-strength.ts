import { definePolicy, fault, option, unverified } from "../../core/policy";
import type { Outcome } from "../../core/policy";
import { guardingPools } from "../../model/user-pool";
import type { UserPool } from "../../model/user-pool";
import { Value } from "../../model/value";

interface Strength {
  readonly minimumPasswordLength: number;
  readonly requireMfa: boolean;
  readonly requireThreatProtection: boolean;
}

interface Weakness {
  readonly says: string;
  readonly fix: string;
}

/** What is weak; absent for nothing. */
function weaknesses(pool: UserPool, wanted: Strength): Value<Weakness>[] {
  const { minimumPasswordLength: minimum } = wanted;
  const length = pool.minimumLength.flatMap((characters) =>
    weak(characters < minimum, {
      says: `takes passwords of ${String(characters)} characters, fewer than ${String(minimum)}`,
      fix: `Set \`passwordPolicy.minimumLength\` to ${String(minimum)} or more.`,
    }),
  );
  const mfa = pool.mfa.flatMap((mode) =>
    weak(mode === "OFF", {
      says: "has multi-factor authentication off",
      fix: "Set `mfaConfiguration` to ON, or at least to OPTIONAL.",
    }),
  );
  const protection = pool.threatProtection.flatMap((mode) =>
    weak(mode !== "ENFORCED", {
      says: mode === "AUDIT" ? "only watches for stolen credentials and risky sign-ins" : "has threat protection off",
      fix: "Set `userPoolAddOns.advancedSecurityMode` to ENFORCED (`userPoolTier` PLUS).",
    }),
  );
  return [length, ...(wanted.requireMfa ? [mfa] : []), ...(wanted.requireThreatProtection ? [protection] : [])];
}

function weak(is: boolean, weakness: Weakness): Value<Weakness> {
  return is ? Value.known(weakness) : Value.absent();
}

function judge(pool: UserPool, wanted: Strength): Outcome[] {
  const at = pool.subject;
  const found = weaknesses(pool, wanted);
  const known = found.flatMap((weakness) => weakness.get() ?? []);
  const outcomes: Outcome[] = pool.guards.is(true)
    ? known.map(({ says, fix }) => fault(says, { at, fix }))
    : known
        .slice(0, 1)
        .map(({ says }) => unverified(`${says}, and may stand behind an authorizer that is not known yet`, { at }));
  if (found.some((weakness) => weakness.isUnknown())) {
    outcomes.push(unverified("has sign-in settings that are not known yet", { at }));
  }
  return outcomes;
}

export const cognitoUserPoolStrength = definePolicy({
  name: "cognito-user-pool-strength",
  topic: "authorization",
  description: "User pools whose tokens API Gateway takes ask for long passwords and more, and stop risky sign-ins.",
  why: "A token is as good as the sign-in it came from: guessed and reused passwords open the API to whoever has them.",
  fix: "Strengthen the user pool's sign-in.",
  severity: "medium",
  level: "advisory",
  where: "S",
  practice: "threat 2: credential stuffing, token abuse",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  peers: [
    "AwsSolutions-COG1",
    "AwsSolutions-COG2",
    "AwsSolutions-COG8",
    "F78",
    "cognito_user_pool_mfa_enabled",
    "cognito_user_pool_advanced_security_enabled",
  ],
  options: {
    minimumPasswordLength: option(
      "The fewest characters that a password may have.",
      { type: "integer", minimum: 6, maximum: 99 },
      12,
    ),
    requireMfa: option("Multi-factor authentication must not be off.", { type: "boolean" }, true),
    requireThreatProtection: option("Threat protection must be enforced.", { type: "boolean" }, true),
  },
  on: "stack",
  check: (graph, { options }) => guardingPools(graph).flatMap((pool) => judge(pool, options)),
  examples: {
    pass: [
      {
        title: "a strong pool behind a Cognito authorizer",
        program: ({ aws }) => {
          const pool = new aws.cognito.UserPool("customers", {
            passwordPolicy: { minimumLength: 14 },
            mfaConfiguration: "ON",
            softwareTokenMfaConfiguration: { enabled: true },
            userPoolTier: "PLUS",
            userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
          });
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("customers", {
            restApi: api.id,
            type: "COGNITO_USER_POOLS",
            providerArns: [pool.arn],
          });
        },
      },
      {
        title: "a weak pool that no authorizer of an API uses",
        program: ({ aws }) => {
          new aws.cognito.UserPool("guests");
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("customers", {
            restApi: api.id,
            type: "COGNITO_USER_POOLS",
            providerArns: ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_aBcDeFgHi"],
          });
        },
      },
      {
        title: "only passwords are asked to be strong",
        config: { minimumPasswordLength: 10, requireMfa: false, requireThreatProtection: false },
        program: ({ aws, pulumi }) => {
          const pool = new aws.cognito.UserPool("customers", { passwordPolicy: { minimumLength: 10 } });
          const client = new aws.cognito.UserPoolClient("shop", { userPoolId: pool.id });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] },
          });
        },
      },
    ],
    fail: [
      {
        title: "a pool as it comes, behind a Cognito authorizer",
        program: ({ aws }) => {
          const pool = new aws.cognito.UserPool("customers");
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("customers", {
            restApi: api.id,
            type: "COGNITO_USER_POOLS",
            providerArns: [pool.arn],
          });
        },
      },
      {
        title: "a pool that only watches, behind a JWT authorizer",
        program: ({ aws, pulumi }) => {
          const pool = new aws.cognito.UserPool("customers", {
            passwordPolicy: { minimumLength: 14 },
            mfaConfiguration: "OPTIONAL",
            softwareTokenMfaConfiguration: { enabled: true },
            userPoolAddOns: { advancedSecurityMode: "AUDIT" },
          });
          const client = new aws.cognito.UserPoolClient("shop", { userPoolId: pool.id });
          const api = new aws.apigatewayv2.Api("orders", { protocolType: "HTTP" });
          new aws.apigatewayv2.Authorizer("tokens", {
            apiId: api.id,
            authorizerType: "JWT",
            identitySources: ["$request.header.Authorization"],
            jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] },
          });
        },
      },
      {
        title: "one of two pools behind a Cognito authorizer has multi-factor authentication off",
        program: ({ aws }) => {
          const strong = {
            passwordPolicy: { minimumLength: 14 },
            mfaConfiguration: "ON",
            softwareTokenMfaConfiguration: { enabled: true },
            userPoolTier: "PLUS",
            userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
          };
          const customers = new aws.cognito.UserPool("customers", strong);
          const partners = new aws.cognito.UserPool("partners", { ...strong, mfaConfiguration: "OFF" });
          const api = new aws.apigateway.RestApi("orders");
          new aws.apigateway.Authorizer("users", {
            restApi: api.id,
            type: "COGNITO_USER_POOLS",
            providerArns: [customers.arn, partners.arn],
          });
        },
      },
    ],
  },
});
