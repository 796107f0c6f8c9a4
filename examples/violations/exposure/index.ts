import * as aws from "@pulumi/aws";
import { Backend, Rest, firewall, production } from "../compliant";

// One of the programs that together break every policy once: who reaches an API, and by which way. All else in it
// complies. Each fault is numbered and named by the policy that it breaks.

const shield = firewall("shop", "REGIONAL");
const functions = new Backend("shop");

/** An API with one method and one stage. */
function api(
  name: string,
  args: Partial<aws.apigateway.RestApiArgs> = {},
): { rest: Rest; stage: aws.apigateway.Stage } {
  const rest = new Rest(name, functions, args).answerErrors().allow().alarm();
  rest.method(name, "GET", name);
  return { rest, stage: rest.stage(name, { webAcl: shield }) };
}
const allow = (condition: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*", ...condition },
    ],
  });

// 1. resource-policy-public
api("orders", { policy: allow({}) });
// 2. endpoint-type
api("offers", { endpointConfiguration: { types: "EDGE" }, securityPolicy: "SecurityPolicy_TLS13_2025_EDGE" });
// 3. internal-api-private
api("stock", { tags: { ...production, exposure: "internal" } as typeof production });
// 4. private-api-policy
const endpoint = new aws.ec2.VpcEndpoint("stock", {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  serviceName: "com.amazonaws.eu-west-1.execute-api",
  vpcEndpointType: "Interface",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: "execute-api:Invoke",
        Resource: "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*",
      },
    ],
  }),
});
api("payroll", { endpointConfiguration: { types: "PRIVATE", vpcEndpointIds: [endpoint.id] } });
// 5. vpc-endpoint-policy: it lets anyone call any API.
new aws.ec2.VpcEndpoint("open", {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  serviceName: "com.amazonaws.eu-west-1.execute-api",
  vpcEndpointType: "Interface",
});
// 6. lambda-permission-scope
functions.allow("any-api", "", { sourceArn: undefined });

// 7. openapi-security-schemes: callers are told to send what they say in clear text.
const documented = new Rest("documented", functions, {
  body: JSON.stringify({
    openapi: "3.0.1",
    info: { title: "documented", version: "1", description: "Documents of the shop." },
    servers: [{ url: "http://documents.example.com" }],
    paths: {},
  }),
})
  .answerErrors()
  .alarm();
documented.stage("documented", { webAcl: shield });

// Domains.

interface DomainArgs {
  readonly certificate?: string;
  readonly domain?: Partial<aws.apigateway.DomainNameArgs>;
}
function domain(name: string, { certificate, domain: more }: DomainArgs = {}): aws.apigateway.DomainName {
  const issued = new aws.acm.Certificate(name, {
    domainName: certificate ?? `${name}.example.com`,
    validationMethod: "DNS",
  });
  return new aws.apigateway.DomainName(name, {
    domainName: `${name}.example.com`,
    regionalCertificateArn: issued.arn,
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: "TLS_1_2",
    tags: production,
    ...more,
  });
}
function map(name: string, to: aws.apigateway.DomainName, { rest, stage }: ReturnType<typeof api>, all = false): void {
  new aws.apigateway.BasePathMapping(name, {
    restApi: rest.api.id,
    domainName: to.domainName,
    basePath: name,
    ...(all ? {} : { stageName: stage.stageName }),
  });
}
const closed = { disableExecuteApiEndpoint: true };

// 8. domain-tls
map("returns", domain("returns", { domain: { securityPolicy: "TLS_1_0" } }), api("returns", closed));
// 9. domain-certificate
map("reviews", domain("reviews", { certificate: "*.example.com" }), api("reviews", closed));
// 10. domain-mutual-tls: nobody knows which version of the truststore is in force.
const truststore = { mutualTlsAuthentication: { truststoreUri: "s3://shop-truststore/partners.pem" } };
map("partners", domain("partners", { domain: truststore }), api("partners", closed));
// 11. domain-single-environment: callers choose any stage.
map("invoices", domain("invoices"), api("invoices", closed), true);
// 12. default-endpoint-disabled
map("baskets", domain("baskets"), api("baskets"));
