/** What the page looks like: its colours are doubled by signs, and it prints with everything that is wrong open. */
export const style = `
:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--ground:#fff;--edge:#d0d7de;--panel:#f6f8fa;
--blocks:#b3261e;--blocks-ground:#ffebe9;--advises:#7a5200;--advises-ground:#fff4d6;--unverified:#0b5cad;--unverified-ground:#e3f0ff;
--exempted:#6e40c9;--exempted-ground:#f3ebff;--holds:#116329;--holds-ground:#e6f6ea}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa4af;--ground:#0d1117;--edge:#3d444d;--panel:#161b22;
--blocks:#ff8a80;--blocks-ground:#4a1512;--advises:#f0c04e;--advises-ground:#3d2f00;--unverified:#7cb8ff;--unverified-ground:#0c2d52;
--exempted:#c9a8ff;--exempted-ground:#2f1a57;--holds:#6fd58a;--holds-ground:#0f3018}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1480px;padding:24px;font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground)}
h1{margin:0 0 4px;font-size:26px}h2{margin:36px 0 8px;font-size:21px}h3{margin:24px 0 8px;font-size:17px}
a{color:inherit}.soft{color:var(--soft)}
.bar{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:12px;align-items:center;padding:10px 0;background:var(--ground);border-bottom:1px solid var(--edge)}
input[type=search]{flex:1 1 260px;font:inherit;padding:6px 10px;color:inherit;background:var(--panel);border:1px solid var(--edge);border-radius:6px}
.bar label{display:inline-flex;gap:5px;align-items:center}
.scroll{overflow-x:auto;border:1px solid var(--edge);border-radius:8px}
.drawing{display:block;min-width:1000px;width:100%;height:auto;padding:8px;font:13px system-ui,sans-serif}
.drawing text{fill:var(--text)}.drawing .heading{fill:var(--soft);font-weight:600}.drawing .small{fill:var(--soft);font-size:11px}
.drawing rect{fill:var(--panel);stroke:var(--edge)}.drawing .line{fill:none;stroke:var(--edge)}
.drawing a:focus-visible rect{stroke-width:3}
table{border-collapse:collapse;width:100%}
th,td{padding:5px 8px;border-bottom:1px solid var(--edge);text-align:left;vertical-align:top}
thead th{font-weight:600;color:var(--soft);white-space:nowrap}
tbody th{font-weight:500;min-width:220px}
tr:target>th{outline:2px solid var(--unverified)}
td.cell{text-align:center;padding:3px}
.cell button{min-width:34px;font:inherit;font-weight:700;color:inherit;background:none;border:1px solid transparent;border-radius:6px;cursor:pointer}
.cell button[aria-expanded=true]{border-color:currentColor}
.detail td{background:var(--panel)}.detail ul,.said{margin:4px 0 10px;padding:0;list-style:none}
.detail li,.said li{padding:3px 0}
.mark{display:inline-block;min-width:22px;padding:0 5px;font-weight:700;text-align:center;border-radius:5px}
code{font:13px ui-monospace,monospace}
${["blocks", "advises", "unverified", "exempted", "holds"]
  .map(
    (one) =>
      `.mark.${one},td.${one} button{color:var(--${one});background:var(--${one}-ground)}` +
      `.drawing .box.${one} rect{fill:var(--${one}-ground);stroke:var(--${one})}.drawing .line.${one}{stroke:var(--${one})}`,
  )
  .join("\n")}
[hidden]{display:none}
@media print{.bar{display:none}body{max-width:none;padding:0}.scroll{overflow:visible}
tr.detail.wrong{display:table-row}tr.detail.wrong section.wrong{display:block}tr.detail li.holds{display:none}tr,li{break-inside:avoid}}
`;

/** What the page does: it opens cells, moves between them by arrow keys, and hides what is not searched for. */
export const script = `
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const close = (button) => {
    button.setAttribute("aria-expanded", "false");
    const section = document.getElementById(button.getAttribute("aria-controls"));
    section.hidden = true;
    const row = section.closest("tr");
    row.hidden = all("section", row).every((one) => one.hidden);
    return row;
  };
  const open = (button) => {
    for (const other of all("button[aria-expanded=true]", button.closest("tr"))) close(other);
    button.setAttribute("aria-expanded", "true");
    const section = document.getElementById(button.getAttribute("aria-controls"));
    section.hidden = false;
    section.closest("tr").hidden = false;
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[aria-controls]");
    if (button) (button.getAttribute("aria-expanded") === "true" ? close : open)(button);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td.cell");
    if (!cell) return;
    const grid = all("tr.part:not([hidden])", cell.closest("tbody")).map((row) => [...row.querySelectorAll("td.cell")]);
    const y = grid.findIndex((row) => row.includes(cell));
    const x = grid[y].indexOf(cell);
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.key === "Escape") close(cell.querySelector("button"));
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    for (let [i, j] = [x + step[0], y + step[1]]; grid[j]?.[i]; i += step[0], j += step[1]) {
      const next = grid[j][i].querySelector("button");
      if (next) return next.focus();
    }
  });
  const search = document.querySelector("input[type=search]");
  const filters = all("input[data-verdict]");
  const status = document.querySelector("[role=status]");
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const shown = new Set(filters.filter((one) => one.checked).map((one) => one.dataset.verdict));
    let count = 0;
    for (const one of all("[data-text]")) {
      const matches = shown.has(one.dataset.verdict) && words.every((word) => one.dataset.text.includes(word));
      one.hidden = !matches;
      if (matches) count += 1;
      else if (one.matches("tr.part")) for (const button of all("button[aria-expanded=true]", one)) close(button);
    }
    for (const group of all("[data-group]")) group.hidden = all("[data-text]:not([hidden])", group).length === 0;
    status.textContent = words.length > 0 || shown.size < filters.length ? count + " shown" : "";
  };
  search.addEventListener("input", apply);
  for (const filter of filters) filter.addEventListener("change", apply);
})();
`;
