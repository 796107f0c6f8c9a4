import { Backend, Front, WebSocket, firewall } from "../compliant";

// One of the programs that together break every policy once: faults of WebSocket APIs. All else in it complies. Each
// fault is numbered and named by the policy that it breaks.

const functions = new Backend("chat");
const front = new Front("chat", firewall("chat", "CLOUDFRONT"));

const chat = new WebSocket("chat", functions);
// 1. stage-access-logging
// 2. stage-data-trace
const chatStage = chat.stage("chat", { settings: { dataTraceEnabled: true }, stage: { accessLogSettings: undefined } });
front.publish("chat", chat.api, chatStage.name);

const support = new WebSocket("support", functions);
// 3. stage-execution-logging
// 4. production-deployment-pinned
const supportStage = support.stage("support", {
  settings: { loggingLevel: "OFF" },
  stage: { autoDeploy: true, deploymentId: undefined },
});
front.publish("support", support.api, supportStage.name);

// 5. exemptions-in-force: gatehouse.json exempts a stage that is long gone.
