import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { IsolationPlan } from "./environment";
import type { Faults } from "./faults";
import { prefixed, statementId } from "./names";
import type { Names } from "./names";
import type { Inside, Place } from "./place";
import "./references";

/** The ways in which arguments name a Lambda function. */
export interface FunctionArgs {
  readonly lambda?: pulumi.Input<aws.lambda.Function>;
  readonly lambdaAlias?: pulumi.Input<aws.lambda.Alias>;
  readonly lambdaInvokeArn?: pulumi.Input<string>;
}

/** A function that something calls. */
export interface FunctionUse {
  /** The call as API Gateway writes it. `declared`: without a tie to what the component itself makes. */
  uri(place: pulumi.Output<Place>, declared?: boolean): pulumi.Output<string>;
  /** Lets API Gateway call it as `sourceArn`; nothing for a function of another stack. */
  permit(name: string, sourceArn: pulumi.Input<string>, place: pulumi.Output<Place>, inside: Inside): void;
  /** Makes the alias by which it is called, where it needs one. */
  prepare(name: string, inside: Inside): void;
}

/** A function with its part of names. */
export interface NamedFunction {
  readonly slug: string;
  readonly use: FunctionUse;
}

/** The functions behind an API, each told once however many routes call it. */
export class Functions {
  private readonly known = new Map<unknown, NamedFunction>();

  constructor(
    private readonly isolation: IsolationPlan,
    private readonly faults: Faults,
    private readonly names: Names,
  ) {}

  /** The function that `field` names; `slug` is its part of names, unless an earlier use gave it one. */
  use(field: string, slug: string, args: FunctionArgs): FunctionUse | undefined {
    const { lambda, lambdaAlias, lambdaInvokeArn } = args;
    const key = lambda ?? lambdaAlias ?? lambdaInvokeArn;
    if (key === undefined) return undefined;
    let entry = this.known.get(key);
    if (entry === undefined) {
      entry = { use: this.read(field, slug, args), slug };
      this.known.set(key, entry);
    }
    return entry.use;
  }

  /** Every function, in the order of their first use. */
  all(): readonly NamedFunction[] {
    return [...this.known.values()];
  }

  private read(field: string, slug: string, { lambda, lambdaAlias, lambdaInvokeArn }: FunctionArgs): FunctionUse {
    if (lambda !== undefined) return this.ofFunction(field, slug, this.resource(`${field}.lambda`, lambda));
    if (lambdaAlias !== undefined) return this.ofAlias(field, this.resource(`${field}.lambdaAlias`, lambdaAlias));
    return this.foreign(`${field}.lambdaInvokeArn`, lambdaInvokeArn ?? "");
  }

  /** The resource itself; what is told later may turn out to be something else. */
  private resource<T extends pulumi.Resource>(field: string, given: pulumi.Input<T>): pulumi.Output<T> {
    const told: pulumi.OutputInstance<unknown> = pulumi.output<unknown>(given);
    return told.apply((one) => {
      if (pulumi.Resource.isInstance(one)) return one;
      throw this.faults.late(
        field,
        `is a ${typeof one}`,
        "give the resource itself, or its `invokeArn` as `lambdaInvokeArn`",
      );
    }) as unknown as pulumi.Output<T>;
  }

  /** In production an alias of the published version is called, unless `requiredLambdaQualifier` names one. */
  private ofFunction(field: string, slug: string, handler: pulumi.Output<aws.lambda.Function>): FunctionUse {
    const { isolation, faults } = this;
    const required = isolation.requiredLambdaQualifier;
    const makesAlias = required === undefined && isolation.isProduction;
    const aliasName = this.names.of(128, slug);
    const functionName = handler.apply((one) => one.name);
    let alias: aws.lambda.Alias | undefined;
    const qualifier = (declared: boolean): pulumi.Input<string | undefined> =>
      makesAlias ? (declared || alias === undefined ? aliasName : alias.name) : required;
    return {
      uri: (place, declared = false) =>
        pulumi.all([place, functionName, qualifier(declared)]).apply(([where, name, of]) => uri(where, name, of)),
      prepare: (name, inside) => {
        if (!makesAlias) return;
        const published = handler.apply((one) => one.publish);
        const version = handler.apply((one) => one.version);
        alias = new aws.lambda.Alias(
          name,
          {
            name: aliasName,
            description: `Version that ${this.names.name} calls in ${isolation.environment}.`,
            functionName,
            functionVersion: published.apply((publish) => {
              if (publish === true) return version;
              throw faults.late(
                `${field}.lambda`,
                "names a function that publishes no version, so that production would call $LATEST",
                "set `publish: true` on the function, or give an alias as `lambdaAlias`",
              );
            }),
          },
          inside(),
        );
      },
      permit: (name, sourceArn, place, inside) => {
        permission(name, functionName, qualifier(false), sourceArn, place, inside);
      },
    };
  }

  private ofAlias(field: string, given: pulumi.Output<aws.lambda.Alias>): FunctionUse {
    const required = this.isolation.requiredLambdaQualifier;
    const functionName = given.apply((alias) => alias.functionName);
    const name = given
      .apply((alias) => alias.name)
      .apply((written) => {
        if (required === undefined || required === written) return written;
        throw this.faults.late(
          `${field}.lambdaAlias`,
          `is the alias "${written}"`,
          `give the alias "${required}", which isolation.requiredLambdaQualifier names`,
        );
      });
    return {
      uri: (place) => pulumi.all([place, functionName, name]).apply(([where, of, alias]) => uri(where, of, alias)),
      prepare: () => undefined,
      permit: (permissionName, sourceArn, place, inside) => {
        permission(permissionName, functionName, name, sourceArn, place, inside);
      },
    };
  }

  private foreign(field: string, given: pulumi.Input<string>): FunctionUse {
    const { isolation, faults } = this;
    const checked = pulumi.output(given).apply((arn) => {
      const match = /:function:[^:/]+(?::([^:/]+))?\/invocations$/.exec(arn);
      if (match === null) {
        throw faults.late(field, "is not the `invokeArn` of a function", "give `invokeArn` of a function or an alias");
      }
      const qualifier = match[1];
      const required = isolation.requiredLambdaQualifier;
      if (required !== undefined && qualifier !== required) {
        throw faults.late(field, "names another alias or version", `give the \`invokeArn\` of "${required}"`);
      }
      if (isolation.isProduction && (qualifier === undefined || qualifier === "$LATEST")) {
        throw faults.late(field, "calls $LATEST in production", "give the `invokeArn` of an alias");
      }
      return arn;
    });
    return { uri: () => checked, prepare: () => undefined, permit: () => undefined };
  }
}

function uri({ account, region, partition }: Place, name: string, qualifier: string | undefined): string {
  const arn = name.startsWith("arn:") ? name : `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  const whole = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${whole}/invocations`;
}

function permission(
  name: string,
  functionName: pulumi.Input<string>,
  qualifier: pulumi.Input<string | undefined>,
  sourceArn: pulumi.Input<string>,
  place: pulumi.Output<Place>,
  inside: Inside,
): void {
  new aws.lambda.Permission(
    name,
    {
      ...prefixed("statementIdPrefix", name, statementId),
      action: "lambda:InvokeFunction",
      function: functionName,
      qualifier,
      principal: "apigateway.amazonaws.com",
      sourceArn,
      sourceAccount: place.apply(({ account }) => account),
    },
    inside(),
  );
}
