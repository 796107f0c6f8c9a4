import type { ApiMap, RouteRow } from "../../map";
import { capitalized, signs, words } from "./verdicts";
import type { GridRow, Verdict } from "./verdicts";

interface Box {
  readonly title: string;
  readonly detail: string;
  readonly verdict: Verdict;
  /** The part of the page that tells more. */
  readonly href?: string;
}

interface Placed extends Box {
  readonly x: number;
  readonly y: number;
}

const width = 190;
const height = 44;
const columnGap = 46;
const rowGap = 12;
const top = 34;

/** Routes beyond these stand in the grid alone: nobody would find one among more. */
const mostRoutes = 40;

const headings = ["Callers", "Ways in", "Web ACL", "Stages", "Routes", "Backends"];

/** The way of a call to an API: from callers through domains, web ACL and stages to each route and its backend. */
export function Drawing({
  api,
  rows,
  idOf,
}: {
  readonly api: ApiMap;
  readonly rows: readonly GridRow[];
  readonly idOf: (row: GridRow) => string;
}) {
  const at = new Map(rows.map((row) => [row.part, row]));
  const verdictOf = (part: GridRow["part"], topic?: string): Verdict => {
    const row = at.get(part);
    return (topic === undefined ? row?.verdict : row?.cells.find((cell) => cell.topic === topic)?.verdict) ?? "unasked";
  };
  const hrefOf = (part: GridRow["part"]): { readonly href?: string } => {
    const row = at.get(part);
    return row ? { href: `#${idOf(row)}` } : {};
  };
  const doors: readonly Box[] = [
    ...api.doors.map(doorBox),
    ...(api.ownEndpoint === false
      ? []
      : [
          {
            title: "Its own endpoint",
            detail: `execute-api${api.endpointType === undefined ? "" : `, ${api.endpointType.toLowerCase()}`}`,
            verdict: verdictOf(api, "exposure"),
            ...hrefOf(api),
          },
        ]),
  ];
  const shownRoutes = api.routes.slice(0, mostRoutes);
  const others = api.routes.length - shownRoutes.length;
  const backendTitles = [...new Set(shownRoutes.map(({ backend }) => backend))];
  const rest =
    others > 0
      ? [{ title: `${String(others)} more routes`, detail: "in the table below", verdict: "unasked" as const }]
      : [];
  const columns: readonly (readonly Placed[])[] = spread([
    [{ title: "Callers", detail: "", verdict: "unasked" }],
    doors,
    api.stages.map((stage): Box => ({
      title: stage.webAcl ?? (api.kind === "rest" ? "No web ACL" : "Cannot carry one"),
      detail: `in front of ${stage.name}`,
      verdict: api.kind === "rest" ? verdictOf(stage, "waf") : "unasked",
      ...hrefOf(stage),
    })),
    api.stages.map((stage): Box => ({
      title: stage.name,
      detail:
        stage.environment === undefined
          ? "stage"
          : stage.environment === "production"
            ? "production"
            : "not production",
      verdict: verdictOf(stage),
      ...hrefOf(stage),
    })),
    [
      ...shownRoutes.map((route): Box => ({
        title: route.key,
        detail: callersOf(route),
        verdict: verdictOf(route),
        ...hrefOf(route),
      })),
      ...rest,
    ],
    backendTitles.map(backendBox),
  ]);
  const [callers = [], ways = [], acls = [], stages = [], routes = [], backends = []] = columns;
  const lines: readonly (readonly [Placed, Placed])[] = [
    ...pairs(callers, ways),
    ...pairs(ways, acls),
    ...acls.flatMap((acl, index) => link(acl, stages[index])),
    ...pairs(stages, routes),
    ...shownRoutes.flatMap(({ backend }, index) => link(routes[index], backends[backendTitles.indexOf(backend)])),
  ];
  const tallest = Math.max(...columns.map((column) => column.length), 1);
  const size = { x: columns.length * (width + columnGap), y: top + tallest * (height + rowGap) };
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${String(size.x)} ${String(size.y)}`}
      width={size.x}
      height={size.y}
      role="img"
      aria-label={`The way of a call to ${api.label}; the table below says the same.`}
    >
      {headings.map((heading, index) => (
        <text class="heading" x={index * (width + columnGap)} y={16}>
          {heading}
        </text>
      ))}
      {lines.map(([from, to]) => (
        <path class={`line ${to.verdict}`} d={curve(from, to)} />
      ))}
      {columns.flat().map((box) => (
        <BoxOf box={box} />
      ))}
    </svg>
  );
}

function BoxOf({ box }: { readonly box: Placed }) {
  const { x, y, title, detail, verdict, href } = box;
  const said = verdict === "unasked" ? "" : `${signs[verdict]} `;
  const drawn = (
    <g class={`box ${verdict}`}>
      <title>{[title, detail, verdict === "unasked" ? "" : words[verdict]].filter(Boolean).join(", ")}</title>
      <rect x={x} y={y} width={width} height={height} rx={6} />
      <text x={x + 10} y={y + (detail === "" ? 27 : 19)}>
        {said}
        {shorten(title, 27)}
      </text>
      {detail !== "" && (
        <text class="small" x={x + 10} y={y + 35}>
          {shorten(detail, 34)}
        </text>
      )}
    </g>
  );
  return href === undefined ? drawn : <a href={href}>{drawn}</a>;
}

/** Places columns side by side, each in the middle of the tallest. */
function spread(columns: readonly (readonly Box[])[]): Placed[][] {
  const tallest = Math.max(...columns.map((column) => column.length));
  return columns.map((column, index) =>
    column.map((box, row) => ({
      ...box,
      x: index * (width + columnGap) + 1,
      y: top + (row + (tallest - column.length) / 2) * (height + rowGap),
    })),
  );
}

function pairs(from: readonly Placed[], to: readonly Placed[]): (readonly [Placed, Placed])[] {
  return from.flatMap((one) => to.map((other) => [one, other] as const));
}

function link(from: Placed | undefined, to: Placed | undefined): (readonly [Placed, Placed])[] {
  return from && to ? [[from, to]] : [];
}

function curve(from: Placed, to: Placed): string {
  const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
  const middle = (x1 + x2) / 2;
  return `M${String(x1)} ${String(y1)}C${String(middle)} ${String(y1)} ${String(middle)} ${String(y2)} ${String(x2)} ${String(y2)}`;
}

/** As much of a text as a box has room for. */
function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function doorBox({ label, guarded }: ApiMap["doors"][number]): Box {
  const [, kind, name = label] = /^(.+) "(.+)"$/.exec(label) ?? [];
  const web = guarded === undefined ? undefined : guarded ? "web ACL" : "no web ACL";
  const detail = [kind, web].filter((text) => text !== undefined).join(", ");
  return { title: name, detail: capitalized(detail), verdict: "unasked" };
}

function backendBox(backend: string): Box {
  const [, name, qualifier = ""] = /^Lambda function "(.+)"( \(.+\))?$/.exec(backend) ?? [];
  if (name !== undefined) return { title: `${name}${qualifier}`, detail: "Lambda function", verdict: "unasked" };
  const service = /^AWS service (.+)$/.exec(backend)?.[1];
  if (service !== undefined) return { title: service, detail: "AWS service", verdict: "unasked" };
  return { title: backend, detail: "", verdict: "unasked" };
}

/** Who may call a route. */
function callersOf({ authorization, authorizer, apiKey, preflight }: RouteRow): string {
  if (preflight) return "preflight";
  const by = authorizer === undefined ? authorization : `${authorization} (${authorizer})`;
  return apiKey ? `${by}, API key` : by;
}
