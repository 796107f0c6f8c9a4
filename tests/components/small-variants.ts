import * as gatehouse from "../../components";
import { development, production } from "./variants";
import type { Variant } from "./variants";

/** Components that stand beside APIs, each by itself. */
export const smallVariants: readonly Variant[] = [
  {
    title: "ApiAccount: once in an account and region",
    program: () => {
      new gatehouse.ApiAccount("account", { isolation: development });
    },
  },
  {
    title: "WebAcl: one for several APIs",
    stack: "prod",
    program: () => {
      new gatehouse.WebAcl("shop", { isolation: production });
    },
  },
  {
    title: "OriginSecret: what a distribution shows its origin",
    stack: "prod",
    program: () => {
      new gatehouse.OriginSecret("edge", { isolation: production });
    },
  },
];
