import { isUnknownSentinel, toValue } from "./bag";
import type { Raw } from "./bag";
import type { Observed } from "./node";

/** Components of Gatehouse whose input `document` says what the body of their API will be. */
const components: ReadonlySet<string> = new Set(["gatehouse:index:RestApi", "gatehouse:index:HttpApi"]);

const bodies: ReadonlySet<string> = new Set(["aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api"]);

/**
 * An API with the body that its component declares, while the real one is not known: one id in it that an update tells
 * makes the whole text unknown. What the document itself leaves open stays so.
 */
export function withDeclaredBody(api: Observed, inputsOf: (urn: string) => Raw | undefined): Observed {
  const { inputs, parent } = api;
  if (!bodies.has(api.type) || inputs === undefined || parent === undefined) return api;
  if (!isUnknownSentinel(inputs["body"]) || !components.has(typeOf(parent))) return api;
  const document = toValue(inputsOf(parent)?.["document"]).get();
  return typeof document === "object" ? { ...api, inputs: { ...inputs, body: JSON.stringify(document) } } : api;
}

/** The type in a URN: the last of a chain of types. */
function typeOf(urn: string): string {
  const chain = urn.split("::")[2] ?? "";
  return chain.slice(chain.lastIndexOf("$") + 1);
}
