import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import type { PolicyInfo } from "../preview/analyzer";
import { asHtml } from "../preview/formats/html";
import type { ApiMap } from "../preview/map";
import type { Report } from "../preview/report";
import { findChromium } from "./support/browser";
import { gatehouse } from "./support/command";

describe("the HTML report", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "gatehouse-html-"));
  const file = path.join(directory, "report.html");
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describe("of insecure-orders", function () {
    const found = findChromium();
    let browser: Browser | undefined;
    let page: Page;
    const asked: string[] = [];
    const complaints: string[] = [];

    before(async function () {
      const { code, stderr } = await gatehouse(
        "preview",
        "examples/insecure-orders",
        "--format",
        "html",
        "--out",
        file,
      );
      assert.equal(code, 1, stderr);
      if (found === undefined) {
        console.log("      SKIPPED: no Chromium is on the PATH; set CHROMIUM to one.");
        this.skip();
      }
      browser = await chromium.launch({ executablePath: found, args: ["--no-sandbox"] });
    });

    after(async () => {
      await browser?.close();
    });

    beforeEach(async () => {
      assert.ok(browser);
      page = await browser.newPage();
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(file).href);
    });

    afterEach(async () => {
      await page.close();
      assert.deepEqual(complaints, []);
      assert.ok(
        asked.every((url) => url === pathToFileURL(file).href),
        asked.join(),
      );
    });

    const cell = (row: string, topic: string) => page.getByRole("button", { name: `${row}, ${topic}: `, exact: false });

    it("shows each mistake in the cell of its part, with its fix", async () => {
      for (const [row, topic, verdict, policy, fix] of [
        ["GET /orders", "authorization", "blocks", "route-authorization", "Require IAM"],
        ["POST /orders", "validation", "blocks", "route-request-validation", "requestValidatorId"],
        ["Stage prod", "waf", "blocks", "stage-web-acl", "WebAclAssociation"],
        ["Stage prod", "logging", "blocks", "stage-access-logging", "accessLogSettings"],
        ["The API itself", "encryption", "advisory", "api-tls", "securityPolicy"],
        ["GET /orders", "validation", "holds", "route-request-validation", ""],
      ] as const) {
        const button = page.getByRole("button", { name: `${row}, ${topic}: ${verdict}`, exact: true });
        await button.click();
        const section = page.getByRole("region", { name: `${row}, ${topic}`, exact: true });
        const item = section.getByRole("listitem").filter({ hasText: policy }).first();
        assert.ok((await item.innerText()).includes(fix), await item.innerText());
        await button.click();
        assert.equal(await section.count(), 0);
      }
    });

    it("draws the way of a call, each part a link to its row", async () => {
      const drawing = page.locator("svg.drawing");
      const told = (await drawing.locator("g.box title").allTextContents()).sort();
      assert.deepEqual(
        told.filter((text) => !text.startsWith("Callers")).map((text) => text.split(",")[0]),
        [
          "GET /orders",
          "GET /orders/{id}",
          "Its own endpoint",
          "No web ACL",
          "POST /orders",
          "orders (current)",
          "prod",
        ].sort(),
      );
      await drawing.locator("a").filter({ hasText: "POST /orders" }).click();
      assert.equal(await page.locator("tr.part:target th").innerText(), "✕ POST /orders");
    });

    it("is used by keyboard", async () => {
      await cell("GET /orders", "authorization").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await page.getByRole("region", { name: "POST /orders, authorization", exact: true }).count(), 1);
      await page.keyboard.press("ArrowRight");
      const label = await page.evaluate("document.activeElement.getAttribute('aria-label')");
      assert.equal(label, "POST /orders, throttling: holds");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Escape");
      assert.equal(await page.getByRole("region", { name: "POST /orders, authorization", exact: true }).count(), 0);
    });

    it("finds what is searched for", async () => {
      await page.getByRole("searchbox").fill("post /orders");
      assert.deepEqual(await page.locator("tr.part:visible th").allInnerTexts(), ["✕ POST /orders"]);
      await page.getByRole("searchbox").fill("stage-web-acl");
      assert.equal(await page.locator("ul.said li:visible").count(), 1);
      await page.getByRole("searchbox").fill("");
      await page.getByRole("checkbox", { name: "blocks" }).uncheck();
      const left = await page.locator("ul.said li:visible").allInnerTexts();
      assert.deepEqual(
        left.map((text) => /\((\w+),/.exec(text)?.[1]),
        ["advisory", "advisory"],
      );
    });

    it("prints every fault, and nothing that is only for the screen", async () => {
      await page.emulateMedia({ media: "print" });
      const shown = await page.locator(".detail section:visible li:visible").allInnerTexts();
      for (const policy of ["route-authorization", "stage-web-acl", "api-tls", "cors-origins"]) {
        assert.equal(shown.filter((text) => text.includes(` ${policy} `)).length, 1, policy);
      }
      assert.ok(shown.every((text) => !text.startsWith("✓")));
      assert.equal(await page.getByRole("searchbox").isVisible(), false);
    });
  });

  it("tells of an audit without a browser what its parts are", async () => {
    const state = path.join(directory, "state.json");
    writeFileSync(state, JSON.stringify(stateOf()));
    const { code, stdout } = await gatehouse("audit", state, "--format", "html", "--fail-on", "never");
    assert.equal(code, 0);
    assert.match(stdout, /<title>Gatehouse: shop \(prod\)<\/title>/);
    assert.match(stdout, /aria-label="GET \/pets, authorization: blocks"/);
    assert.match(stdout, /aria-label="POST \/pets, authorization: holds"/);
    assert.doesNotMatch(stdout, /https?:\/\/(?!github\.com\/pulumi-gatehouse)/);
  });

  describe("of anything", () => {
    const nasty = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\u0000`;
    const urn = `urn:pulumi:dev::shop::aws:apigateway/stage:Stage::${nasty}`;
    const policies: readonly PolicyInfo[] = ["stage-web-acl", "stage-tracing", "stage-metrics"].map((name) => ({
      name,
      description: "Stages are as they should be.",
      level: "mandatory",
      severity: "high",
      url: "javascript:alert(1)",
      fix: "Mend it.",
      tags: ["api-gateway", "waf"],
      options: {},
    }));
    const place = (policy: string) => ({ policy, urn, type: "aws:apigateway/stage:Stage", name: nasty });
    const report: Report = {
      tool: "gatehouse",
      version: "1.2.3",
      project: nasty,
      stack: "dev",
      resources: 5,
      violations: [
        {
          ...place("stage-web-acl"),
          level: "mandatory",
          severity: "high",
          message: `Stage "${nasty}" is open. Mend it.`,
        },
      ],
      unverified: [{ ...place("stage-tracing"), message: `Stage "${nasty}" has tracing that is not known yet.` }],
      exempted: [{ ...place("stage-metrics"), reason: nasty, expires: "2030-12-31" }],
      summary: { mandatory: 1, advisory: 0, unverified: 1, exempted: 1, policies: 3 },
    };
    const said = (policy: string, says: string) => ({ policy, state: "fault" as const, urn, says });
    const api: ApiMap = {
      urn,
      label: `REST API "${nasty}"`,
      name: nasty,
      kind: "rest",
      doors: [{ label: nasty, guarded: false }],
      routesComplete: false,
      said: [],
      stages: [
        {
          urn,
          label: `stage "${nasty}"`,
          name: nasty,
          said: [
            said("stage-web-acl", `Stage "${nasty}" is open.`),
            { ...said("stage-tracing", ""), state: "unverified" },
            said("stage-metrics", "Stage has no metrics."),
          ],
        },
      ],
      routes: Array.from({ length: 60 }, (_, index) => ({
        urn,
        label: "route",
        key: `GET /${String(index)}`,
        authorization: "iam",
        apiKey: false,
        preflight: false,
        backend: "mock",
        said: [],
      })),
    };
    const html = asHtml([{ report, source: nasty, apis: [api] }], policies, "1.2.3");

    it("takes names for text, and links to pages only", () => {
      assert.doesNotMatch(html, /<script>alert|<img|javascript:/);
      assert.equal(html.match(/<script>/g)?.length, 1);
    });

    it("gives each kind of finding its own sign", () => {
      const verdicts = [...html.matchAll(/<li class="(\w+)">/g)].map(([, verdict]) => verdict);
      assert.deepEqual(verdicts, ["blocks", "unverified", "exempted"]);
      assert.match(html, /Exempted, until 2030-12-31: /);
    });

    it("draws as many routes as a picture can hold, and lists all", () => {
      assert.match(html, /20 more routes/);
      assert.equal(html.match(/<tr class="part"/g)?.length, 62);
      assert.match(html, /It may have routes that cannot be seen yet/);
    });

    it("says that there is no map where nobody drew one", () => {
      const page = asHtml([{ report, source: nasty }], policies, "1.2.3");
      assert.match(page, /The map of the APIs is drawn by the embedded engine and by audits/);
      writeFileSync(file, page);
      assert.ok(readFileSync(file, "utf8").endsWith("</html>\n"));
    });
  });
});

/** The state of an API by a body: two operations of one resource, of which one is open. */
function stateOf(): unknown {
  const stack = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod";
  const type = "aws:apigateway/restApi:RestApi";
  const integration = { "x-amazon-apigateway-integration": { type: "mock" } };
  const inputs = {
    name: "pets",
    body: JSON.stringify({
      openapi: "3.0.1",
      info: { title: "pets", version: "1" },
      paths: { "/pets": { get: integration, post: { ...integration, security: [{ sigv4: [] }] } } },
      components: {
        securitySchemes: {
          sigv4: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
        },
      },
    }),
  };
  return {
    version: 3,
    deployment: {
      resources: [
        { urn: stack, custom: false, type: "pulumi:pulumi:Stack", outputs: {} },
        {
          urn: `urn:pulumi:prod::shop::${type}::pets`,
          custom: true,
          id: "abc123",
          type,
          parent: stack,
          inputs,
          outputs: { ...inputs, id: "abc123" },
          provider: "urn:pulumi:prod::shop::pulumi:providers:aws::default::1",
        },
      ],
    },
  };
}
