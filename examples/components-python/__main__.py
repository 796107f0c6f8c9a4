"""A REST API for partners, who are let in by a function, behind a web ACL that other APIs share."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_gatehouse as gatehouse

# One stack for each environment; its name says which.
environment = "production" if pulumi.get_stack() == "prod" else "nonproduction"
isolation = gatehouse.IsolationArgs(environment=environment)

role = aws.iam.Role(
    "orders",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
        }
    ),
)


def function(name: str, source: str) -> aws.lambda_.Function:
    return aws.lambda_.Function(
        name,
        role=role.arn,
        runtime="nodejs22.x",
        handler="index.handler",
        publish=True,
        code=pulumi.AssetArchive({"index.js": pulumi.StringAsset(source)}),
    )


orders = function("orders", "exports.handler = async () => ({ statusCode: 200, body: '{}' });")
# Put your check here: this one lets nobody in.
check = function("check", "exports.handler = async () => { throw new Error('Unauthorized'); };")

new_order = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "required": ["item", "quantity"],
        "additionalProperties": False,
        "properties": {
            "item": {"type": "string", "maxLength": 64},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
        },
    }
)

firewall = gatehouse.WebAcl("shop", isolation=isolation, rate_limit=500)

api = gatehouse.RestApi(
    "orders",
    isolation=isolation,
    authorizers={
        "partners": {"lambda_": {"lambda_": check, "identity_sources": ["method.request.header.X-Partner"]}},
    },
    default_authorizer="partners",
    models={"NewOrder": new_order},
    routes={
        "GET /orders/{id}": {"lambda_": orders},
        "POST /orders": {"lambda_": orders, "request_model": "NewOrder"},
    },
    waf={"web_acl_arn": firewall.arn},
)

pulumi.export("url", api.url)
