import { createHash } from "node:crypto";
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import type { PolicyInfo } from "../../analyzer";
import type { ApiMap } from "../../map";
import { count, together } from "../../report";
import type { Report } from "../../report";
import { withoutLink } from "../judged";
import type { Judged } from "../judged";
import { Drawing } from "./drawing";
import { script, style } from "./page";
import { capitalized, signs, Verdicts, words } from "./verdicts";
import type { Cell, GridRow, Mark, Verdict } from "./verdicts";

/** A report as one page that asks nothing of any network. */
export function asHtml(judged: readonly Judged[], policies: readonly PolicyInfo[], version: string): string {
  const [only, ...more] = judged;
  const title = only && more.length === 0 ? nameOf(only.report) : `${String(judged.length)} stacks`;
  const pages = new Map(policies.map((policy) => [policy.name, policy.url]));
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content={`default-src 'none'; style-src '${digest(style)}'; script-src '${digest(script)}'`}
        />
        <title>{`Gatehouse: ${title}`}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <h1>{title}</h1>
        <div class="soft">
          Gatehouse {version}, {policies.length} policies
        </div>
        <Bar />
        <main>
          {judged.map((one, index) => (
            <Stack judged={one} policies={policies} pages={pages} id={`s${String(index)}`} titled={more.length > 0} />
          ))}
        </main>
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
  return `<!doctype html>\n${render(page)}\n`;
}

const digest = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const nameOf = ({ project, stack }: Report): string => `${project} (${stack})`;

const filters: readonly Verdict[] = ["blocks", "advises", "unverified", "exempted", "holds"];

function Bar() {
  return (
    <div class="bar" role="search">
      <input type="search" placeholder="Search routes, stages, policies …" aria-label="Search" />
      {filters.map((verdict) => (
        <label>
          <input type="checkbox" data-verdict={verdict} checked />
          <Sign verdict={verdict} /> {words[verdict]}
        </label>
      ))}
      <span role="status" class="soft" />
    </div>
  );
}

function Sign({ verdict }: { readonly verdict: Verdict }) {
  return (
    <span class={`mark ${verdict}`} aria-hidden="true">
      {signs[verdict]}
    </span>
  );
}

interface StackProps {
  readonly judged: Judged;
  readonly policies: readonly PolicyInfo[];
  readonly pages: ReadonlyMap<string, string>;
  readonly id: string;
  /** There are others, from which it must be told. */
  readonly titled: boolean;
}

function Stack({ judged: { report, source, apis }, policies, pages, id, titled }: StackProps) {
  const { mandatory, advisory, unverified, exempted } = report.summary;
  const found = new Verdicts(report, policies);
  return (
    <section data-group={titled ? "" : undefined}>
      {titled && (
        <h2>
          {nameOf(report)} <span class="soft">{source}</span>
        </h2>
      )}
      <p>
        <Sign verdict={mandatory > 0 ? "blocks" : "holds"} />{" "}
        <strong>{mandatory > 0 ? `Blocked by ${count(mandatory, "mandatory finding")}` : "Passes"}</strong>, {advisory}{" "}
        advisory, {unverified} unverified, {exempted} exempted; {count(report.resources, "resource")}.
      </p>
      {apis?.map((api, index) => (
        <ApiOf api={api} verdicts={found} pages={pages} id={`${id}a${String(index)}`} />
      ))}
      {apis === undefined && (
        <p class="soft">
          The map of the APIs is drawn by the embedded engine and by audits; the Pulumi CLI tells findings only.
        </p>
      )}
      <Findings report={report} pages={pages} />
    </section>
  );
}

interface ApiProps {
  readonly api: ApiMap;
  readonly verdicts: Verdicts;
  readonly pages: ReadonlyMap<string, string>;
  readonly id: string;
}

function ApiOf({ api, verdicts, pages, id }: ApiProps) {
  const rows = verdicts.rowsOf(api);
  const ids = new Map(rows.map((row, index) => [row, `${id}r${String(index)}`]));
  const idOf = (row: GridRow): string => ids.get(row) ?? "";
  const topics = verdicts.topics.filter((topic) =>
    rows.some(({ cells }) => cells.some((cell) => cell.topic === topic && cell.verdict !== "unasked")),
  );
  return (
    <article data-group="">
      <h2>{capitalized(api.label)}</h2>
      <div class="scroll">
        <Drawing api={api} rows={rows} idOf={idOf} />
      </div>
      {!api.routesComplete && <p class="soft">It may have routes that cannot be seen yet.</p>}
      <h3>Controls</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Part</th>
              {topics.map((topic) => (
                <th scope="col">{headingOf(topic)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <RowOf row={row} topics={topics} pages={pages} id={idOf(row)} />
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}

const acronyms: ReadonlySet<string> = new Set(["cors", "waf"]);

const headingOf = (topic: string): string => (acronyms.has(topic) ? topic.toUpperCase() : capitalized(topic));

const isWrong = (verdict: Verdict): boolean => verdict !== "holds" && verdict !== "unasked";

interface RowProps {
  readonly row: GridRow;
  readonly topics: readonly string[];
  readonly pages: ReadonlyMap<string, string>;
  readonly id: string;
}

function RowOf({ row, topics, pages, id }: RowProps) {
  const { title } = row;
  const cells = row.cells.filter(({ topic }) => topics.includes(topic));
  const asked = cells.filter(({ verdict }) => verdict !== "unasked");
  const text = [row.part.label, title, ...asked.flatMap(({ marks }) => marks.map(({ policy }) => policy))];
  const idOf = (cell: Cell): string => `${id}-${cell.topic}`;
  return (
    <>
      <tr class="part" id={id} data-text={text.join(" ").toLowerCase()} data-verdict={row.verdict}>
        <th scope="row">
          <Sign verdict={row.verdict} /> {title}
        </th>
        {cells.map((cell) =>
          cell.verdict === "unasked" ? (
            <td class="cell soft">
              <span aria-label={words.unasked}>{signs.unasked}</span>
            </td>
          ) : (
            <td class={`cell ${cell.verdict}`}>
              <button
                type="button"
                aria-expanded="false"
                aria-controls={idOf(cell)}
                aria-label={`${title}, ${cell.topic}: ${words[cell.verdict]}`}
              >
                {signs[cell.verdict]}
              </button>
            </td>
          ),
        )}
      </tr>
      <tr class={isWrong(row.verdict) ? "detail wrong" : "detail"} hidden>
        <td colSpan={topics.length + 1}>
          {asked.map((cell) => (
            <section
              class={isWrong(cell.verdict) ? "wrong" : ""}
              id={idOf(cell)}
              hidden
              aria-label={`${title}, ${cell.topic}`}
            >
              <strong>{headingOf(cell.topic)}</strong>
              <ul>
                {cell.marks.map((mark) => (
                  <MarkOf mark={mark} pages={pages} />
                ))}
              </ul>
            </section>
          ))}
        </td>
      </tr>
    </>
  );
}

function MarkOf({ mark, pages }: { readonly mark: Mark; readonly pages: ReadonlyMap<string, string> }) {
  return (
    <li class={mark.verdict}>
      <Sign verdict={mark.verdict} /> <PolicyOf name={mark.policy} pages={pages} /> {words[mark.verdict]}:{" "}
      <Prose text={withoutLink(mark.text)} />
    </li>
  );
}

function PolicyOf({ name, pages }: { readonly name: string; readonly pages: ReadonlyMap<string, string> }) {
  const page = pages.get(name);
  return page === undefined || !page.startsWith("https://") ? (
    <code>{name}</code>
  ) : (
    <a href={page} rel="noreferrer">
      <code>{name}</code>
    </a>
  );
}

function Findings({ report, pages }: { readonly report: Report; readonly pages: ReadonlyMap<string, string> }) {
  return (
    <>
      <List title="Findings" size={report.violations.length}>
        {report.violations.map(({ level, policy, severity, name, type, message }) => (
          <Item verdict={level === "mandatory" ? "blocks" : "advises"} text={[policy, name, type, message]}>
            <PolicyOf name={policy} pages={pages} /> ({level}, {severity}) <Prose text={withoutLink(message)} />{" "}
            <span class="soft">
              {name} <code>{type}</code>
            </span>
          </Item>
        ))}
      </List>
      <List title="Not verified: this cannot be known before the resources exist" size={report.unverified.length}>
        {together(report.unverified).map(({ message, policies }) => (
          <Item verdict="unverified" text={[...policies, message]}>
            <Prose text={message} />{" "}
            {policies.map((policy) => (
              <>
                <PolicyOf name={policy} pages={pages} />{" "}
              </>
            ))}
          </Item>
        ))}
      </List>
      <List title="Exempted" size={report.exempted.length}>
        {report.exempted.map(({ policy, name, type, reason, expires }) => (
          <Item verdict="exempted" text={[policy, name, type, reason]}>
            <PolicyOf name={policy} pages={pages} /> {name} <code>{type}</code>
            {expires === undefined ? "" : ` until ${expires}`}: {reason}
          </Item>
        ))}
      </List>
    </>
  );
}

function List(props: { readonly title: string; readonly size: number; readonly children: ComponentChildren }) {
  if (props.size === 0) return null;
  return (
    <section data-group="">
      <h3>
        {props.title} ({props.size})
      </h3>
      <ul class="said">{props.children}</ul>
    </section>
  );
}

function Item(props: {
  readonly verdict: Verdict;
  readonly text: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <li data-text={props.text.join(" ").toLowerCase()} data-verdict={props.verdict}>
      <Sign verdict={props.verdict} /> {props.children}
    </li>
  );
}

/** A message, whose words in backquotes are code. */
function Prose({ text }: { readonly text: string }) {
  return <>{text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}
