import { randomBytes } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Control, ControlException, Isolation } from "./args";
import { readArguments } from "./lib/arguments";
import { Controls } from "./lib/controls";
import { IsolationPlan } from "./lib/environment";
import { Faults } from "./lib/faults";
import { logKey } from "./lib/logs";
import { Names } from "./lib/names";
import { checkHeader, defaultHeader } from "./lib/origin";
import { insideOf, placeOf } from "./lib/place";
import { firstVersion, makeFunction } from "./lib/rotation";
import { planRetention } from "./lib/web-acl-rules";

/** Tokens that callers show besides. */
export interface OriginToken {
  /** An OpenID Connect issuer, `https://…`. */
  issuer: pulumi.Input<string>;
  /** Clients whose tokens are taken. */
  audiences: pulumi.Input<string>[];
  /** Scopes of which a token must have one. @default any */
  scopes?: string[];
}

/** Arguments of {@link OriginSecret}. */
export interface OriginSecretArgs {
  isolation: Isolation;
  /** The header that holds the secret. @default x-origin-verify */
  headerName?: string;
  /**
   * Tokens that the authorizer asks for besides. A route has one authorizer, and the secret alone says which way a call
   * came, not who calls.
   * @default none: whoever calls the distribution is let in
   */
  token?: OriginToken;
  /** Key by which the secret and the authorizer's log are encrypted. @default one is made */
  kmsKeyArn?: pulumi.Input<string>;
  /** How long the log of the authorizer is kept. @default 365 days in production, else 90 */
  retentionInDays?: number;
  exceptions?: ControlException[];
  /** Tags of everything made that can have them, beside one that names the environment. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * A secret that an `ApiDistribution` sends in a header, and the Lambda authorizer by which an HTTP or WebSocket API lets
 * in only calls that hold it. It stands apart from the distribution, which needs the API, which needs the authorizer.
 *
 * What it guarantees: a call that did not come through the distribution, and so past its web ACL, is refused before a
 * backend is called. What it does not: it says nothing of who calls, unless `token` is given; whoever may read the
 * secret, or the distribution's configuration, can go around the web ACL until the next rotation; and calls that are
 * refused still count against the stage's limits.
 *
 * @example
 * ```ts
 * const origin = new gatehouse.OriginSecret("edge", { isolation, token: { issuer, audiences: [client.id] } });
 * const orders = new gatehouse.HttpApi("orders", {
 *   isolation,
 *   front: {},
 *   authorizers: { origin: { lambda: { lambdaAlias: origin.authorizerAlias } } },
 *   defaultAuthorizer: "origin",
 *   routes: { "GET /orders/{id}": { lambda: getOrder } },
 * });
 * new gatehouse.ApiDistribution("edge", {
 *   isolation,
 *   apiEndpoint: orders.apiEndpoint,
 *   domainName: "api.example.com",
 *   hostedZoneId: zone.zoneId,
 *   originSecret: { secretArn: origin.secretArn, kmsKeyArn: origin.kmsKeyArn },
 * });
 * ```
 */
export class OriginSecret extends pulumi.ComponentResource {
  /** The secret, once it holds a value. */
  public readonly secretArn: pulumi.Output<string>;
  /** ARN of the key that encrypts it. */
  public readonly kmsKeyArn: pulumi.Output<string>;
  /** The header that holds the secret. */
  public readonly headerName: pulumi.Output<string>;
  /** Answers HTTP APIs in payload format 2.0 with simple responses; others with a policy. */
  public readonly authorizer: aws.lambda.Function;
  /** Alias of the authorizer's newest version, named as `isolation.requiredLambdaQualifier` says, else `current`. */
  public readonly authorizerAlias: aws.lambda.Alias;
  /** What holds of each control, and by what exceptions one does not. */
  public readonly controls: pulumi.Output<Control[]>;

  constructor(name: string, args: OriginSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    const faults = new Faults("OriginSecret", name);
    args = readArguments("OriginSecret", args, faults);
    const isolation = IsolationPlan.read(args.isolation, faults);
    const ledger = new Controls(args.exceptions, ["log-group-retention"], faults);
    const { headerName = defaultHeader, token, retentionInDays = isolation.defaults.retentionInDays } = args;
    checkHeader(headerName, "headerName", faults);
    const aliasName = isolation.requiredLambdaQualifier ?? "current";
    if (/^\d+$/.test(aliasName)) {
      faults.add(
        "isolation.requiredLambdaQualifier",
        `is the version ${aliasName}`,
        "name an alias, which can be made",
      );
    }
    if (token !== undefined) checkToken(token, faults);
    planRetention(retentionInDays, isolation, ledger, faults, "retentionInDays");
    tellWhatHolds(token, ledger);
    const controls = ledger.list();
    faults.throwIfAny();
    super("gatehouse:index:OriginSecret", name, args, opts);

    const place = placeOf(this, isolation, faults);
    const inside = insideOf(this, place);
    const tags = isolation.tags(args.tags);
    const names = Names.of("OriginSecret", name, isolation, opts);
    const kmsKeyArn = pulumi.output(
      args.kmsKeyArn ??
        // The distribution's rotation writes a log as well.
        logKey(name, { description: `Origin secret of ${name}.`, logGroups: ["/aws/lambda/*"], place, tags }, inside)
          .arn,
    );
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        namePrefix: names.prefix(200),
        description: `Sent by the distribution of ${name} (${isolation.environment}).`,
        kmsKeyId: kmsKeyArn,
        tags,
      },
      inside(),
    );
    const version = firstVersion(name, secret, { current: random(), next: random() }, inside);
    this.secretArn = pulumi.all([secret.arn, version.versionId]).apply(([arn]) => arn);
    this.authorizer = makeFunction(
      `${name}-authorizer`,
      {
        program: "authorize-origin",
        imports: ["origin-values", "tokens"],
        name: names.of(64, "authorizer"),
        description: pulumi.interpolate`Lets in what comes through the distribution of ${names.of(64)}.`,
        environment: {
          SECRET_ARN: this.secretArn,
          HEADER_NAME: headerName,
          ...(token !== undefined && {
            TOKEN_ISSUER: token.issuer,
            TOKEN_AUDIENCES: pulumi.output(token.audiences).apply((all) => JSON.stringify(all)),
            TOKEN_SCOPES: JSON.stringify(token.scopes ?? []),
          }),
        },
        permissions: [
          { Action: ["secretsmanager:GetSecretValue"], Resource: secret.arn },
          { Action: ["kms:Decrypt"], Resource: kmsKeyArn },
        ],
        retentionInDays,
        kmsKeyArn,
        tags,
        timeout: 10,
      },
      inside,
    );
    this.authorizerAlias = new aws.lambda.Alias(
      `${name}-authorizer`,
      {
        name: aliasName,
        description: "Version that APIs call.",
        functionName: this.authorizer.name,
        functionVersion: this.authorizer.version,
      },
      inside(),
    );
    this.kmsKeyArn = kmsKeyArn;
    this.headerName = pulumi.output(headerName);
    this.controls = pulumi.output(controls);
    this.registerOutputs({
      secretArn: this.secretArn,
      kmsKeyArn: this.kmsKeyArn,
      headerName: this.headerName,
      controls: this.controls,
    });
  }
}

/** Letters and digits that nobody guesses. */
function random(): pulumi.Output<string> {
  return pulumi.secret(randomBytes(36).toString("base64url"));
}

function checkToken({ issuer, audiences }: OriginToken, faults: Faults): void {
  if (typeof issuer === "string" && !issuer.startsWith("https://")) {
    faults.add("token.issuer", "is not https", "write the issuer's https URL");
  }
  if (audiences.length === 0) {
    faults.add("token.audiences", "is empty, so that tokens for anybody are taken", "name your clients");
  }
}

function tellWhatHolds(token: OriginToken | undefined, ledger: Controls): void {
  ledger.meet("http-api-web-acl", "Calls that do not come through the distribution are refused by the authorizer.");
  if (token === undefined) {
    ledger.elsewhere("route-authorization", "The secret says which way a call came, and not who calls.");
  } else ledger.meet("route-authorization", "Callers show a token of the issuer as well.");
  ledger.elsewhere("secret-rotation", "The distribution's rotation replaces the secret.");
}
