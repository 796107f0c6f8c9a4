// A process of its own, asked over its channel: takes the resources of a stack and answers with the map of its APIs.
import { mapOf } from "./core/map";
import type { Asked } from "./core/map";
import { policies } from "./policies";

process.on("message", (asked: Asked) => {
  process.send?.(mapOf(asked, policies, new Date().toISOString().slice(0, 10)));
});
// Nothing else keeps it alive until whoever asks is gone.
process.channel?.ref();
