import { definePolicy, fault, unverified } from "../../core/policy";
import { resourceSubject } from "../../model/subject";

export const apiKeyValue = definePolicy({
  name: "api-key-value",
  topic: "secrets",
  description: "The values of API keys are made up by API Gateway, and not written in the program.",
  why: "A key that stands in the program stands in its history, in every copy of it and in every review, for as long as they last.",
  fix: "Leave `value` out, take the key from the output of that name, and keep it in Secrets Manager; issue a new key, since this one is known.",
  severity: "high",
  level: "mandatory",
  where: "S",
  practice: "practice 9: rotate and revoke credentials",
  frameworks: { "OWASP API Security Top 10": ["API2:2023"] },
  on: "stack",
  check: (graph) =>
    graph.of("apiKey").flatMap((key) => {
      const value = key.bag.value("value");
      // Without the inputs nothing tells a value that was set from one that API Gateway made up.
      if (!key.inputsSeen || value.isAbsent()) return [];
      // What another resource makes up, as a `RandomPassword`, stands in no program.
      if (key.sources("value").length > 0) return [];
      const at = resourceSubject(key, `API key "${key.displayName()}"`);
      return value.isKnown() || value.reason === "secret"
        ? [fault("has a value that the program sets", { at })]
        : [unverified("has a value that the program sets and that is not known yet", { at })];
    }),
  examples: {
    pass: [
      {
        title: "API Gateway makes the value up",
        program: ({ aws }) => {
          const key = new aws.apigateway.ApiKey("partner");
          const secret = new aws.secretsmanager.Secret("partner-key");
          new aws.secretsmanager.SecretVersion("partner-key", { secretId: secret.id, secretString: key.value });
        },
      },
      {
        title: "the value that API Gateway made up in another region, unknown until it has",
        program: ({ aws }) => {
          const key = new aws.apigateway.ApiKey("partner");
          new aws.apigateway.ApiKey("partner-ireland", { value: key.value, region: "eu-west-1" });
        },
      },
    ],
    fail: [
      {
        title: "the value is written in the program",
        program: ({ aws }) => {
          new aws.apigateway.ApiKey("partner", { value: ["a1b2c3d4e5f6a7b8", "c9d0e1f2a3b4c5d6"].join("") });
        },
      },
      {
        title: "the value is a secret of the configuration, which the state keeps",
        program: ({ aws, pulumi }) => {
          new aws.apigateway.ApiKey("partner", { value: pulumi.secret("a1b2c3d4e5f6a7b8c9d0") });
        },
      },
    ],
  },
});
