import assert from "node:assert/strict";
import { judge, Made } from "../support/cases";

// An analysis of state shows resources that a program only reads (`Account.get`): they have no inputs. So has a resource
// that sets nothing, and one whose provider is not configured yet, of which nothing is filled in.

const made = (type: string, inputs: object, outputs: object): Made =>
  new Made(`urn:pulumi:shop::cases::${type}::one`, type, "one", { ...inputs }, { ...outputs }, undefined, false, {});

const account = "aws:apigateway/account:Account";
const restApi = "aws:apigateway/restApi:RestApi";

describe("resources without inputs", () => {
  it("account settings that are read, and have a role", () => {
    const role = "arn:aws:iam::111122223333:role/api-logs";
    const read = made(account, {}, { id: "api-gateway-account", cloudwatchRoleArn: role });
    assert.deepEqual(judge("account-logging-role", [read]), { faults: [], unverified: [] });
  });

  it("account settings that are there, and have none", () => {
    const bare = made(account, {}, { id: "api-gateway-account", cloudwatchRoleArn: "" });
    const { faults } = judge("account-logging-role", [bare]);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", /^Account settings "one" of API Gateway have no CloudWatch role\./);
  });

  it("account settings that are made bare, before and after", () => {
    for (const outputs of [{}, { id: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, { id: "api-gateway-account" }]) {
      assert.equal(judge("account-logging-role", [made(account, {}, outputs)]).faults.length, 1);
    }
  });

  it("an API that is read is its owner's business", () => {
    const outputs = { id: "a1b2c3d4e5", name: "orders", endpointConfiguration: { types: "EDGE" } };
    assert.deepEqual(judge("endpoint-type", [made(restApi, {}, outputs)]), { faults: [], unverified: [] });
  });

  it("an API whose provider is not configured yet is judged all the same", () => {
    const { faults } = judge("endpoint-type", [made(restApi, {}, {})]);
    assert.equal(faults.length, 1, "an API is EDGE where nothing says otherwise");
  });
});
