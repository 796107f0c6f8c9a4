import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MutualTls } from "../api-domain";
import type { IsolationPlan } from "./environment";
import type { Names } from "./names";
import type { Inside } from "./place";
import { canonicalJson } from "./values";

/** Whose certificates are taken, pinned to one version of an object. */
export interface Truststore {
  readonly uri: pulumi.Input<string>;
  readonly version: pulumi.Input<string>;
}

/** The key of the object; another would replace the domain. */
const key = "truststore.pem";

/** A versioned bucket with the certificates in it, unless there is a truststore already. */
export function makeTruststore(
  names: Names,
  { certificates, truststoreUri, truststoreVersion }: MutualTls,
  isolation: IsolationPlan,
  tags: pulumi.Input<Record<string, pulumi.Input<string>>>,
  inside: Inside,
): Truststore {
  if (certificates === undefined) return { uri: truststoreUri ?? "", version: truststoreVersion ?? "" };
  const resource = `${names.name}-truststore`;
  const bucket = new aws.s3.Bucket(
    resource,
    {
      bucketPrefix: names.prefix(63, "truststore").toLowerCase().replace(/_/g, "-"),
      tags,
      forceDestroy: !isolation.isProduction,
    },
    inside(),
  );
  const versioning = new aws.s3.BucketVersioning(
    resource,
    { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
    inside(),
  );
  const access = new aws.s3.BucketPublicAccessBlock(
    resource,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    inside(),
  );
  new aws.s3.BucketPolicy(
    resource,
    {
      bucket: bucket.bucket,
      policy: bucket.arn.apply((arn) =>
        canonicalJson({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [arn, `${arn}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      ),
    },
    inside({}, [access]),
  );
  const object = new aws.s3.BucketObjectv2(
    resource,
    { bucket: bucket.bucket, key, content: certificates, contentType: "application/x-pem-file", tags },
    inside({}, [versioning]),
  );
  return { uri: pulumi.interpolate`s3://${bucket.bucket}/${object.key}`, version: object.versionId };
}
