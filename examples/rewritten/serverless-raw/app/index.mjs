import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient();

export async function handler({ pathParameters }) {
  const { Attributes: counter } = await client.send(
    new UpdateItemCommand({
      TableName: process.env.COUNTER_TABLE,
      Key: { Id: { S: pathParameters.id } },
      UpdateExpression: "ADD hits :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  return { statusCode: 200, body: JSON.stringify({ hits: Number(counter.hits.N) }) };
}
