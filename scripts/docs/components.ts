import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import type { Registered } from "../../preview/engine";
import { pictureOf } from "./picture";
import type { Page } from "./pages";

const root = path.join(__dirname, "..", "..");
const components = path.join(root, "components");
const examples = path.join(root, "examples");

/** A component whose constructor others call, with its arguments as the types have them. */
interface Component {
  readonly name: string;
  readonly file: string;
  readonly symbol: ts.Symbol;
  readonly declaration: ts.ClassDeclaration;
  readonly args: ts.Type;
}

/**
 * A page for each component, and their index. `made` gives what a component with few arguments registers, by the
 * component's name, for the picture.
 */
export async function componentPages(made: (component: string) => Promise<readonly Registered[]>): Promise<Page[]> {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)).config,
    ts.sys,
    root,
  );
  const entry = path.join(components, "index.ts");
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const found = componentsOf(program, checker, entry);
  const reader = new Reader(checker);
  const result: Page[] = [];
  for (const component of found) {
    const picture = pictureOf(component.name, await made(component.name));
    const text = page(component, reader, picture, programsWith(component.name));
    result.push({ file: `docs/components/${component.name}.md`, text });
  }
  result.push({ file: "docs/components/README.md", text: index(found, reader) });
  return result;
}

function componentsOf(program: ts.Program, checker: ts.TypeChecker, entry: string): Component[] {
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} exports nothing.`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((symbol): Component[] => {
      const declaration = symbol.declarations?.find(ts.isClassDeclaration);
      const constructor = declaration?.members.find(ts.isConstructorDeclaration);
      const args = constructor?.parameters[1];
      if (declaration === undefined || args === undefined) return [];
      const file = path.relative(root, declaration.getSourceFile().fileName).split(path.sep).join("/");
      return [{ name: symbol.name, file, symbol, declaration, args: checker.getTypeAtLocation(args) }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the types and their comments say. */
class Reader {
  constructor(readonly checker: ts.TypeChecker) {}

  /** The comment of something, without its tags. */
  says(symbol: ts.Symbol): string {
    return this.linked(symbol.getDocumentationComment(this.checker)).trim();
  }

  tags(symbol: ts.Symbol, name: string): string[] {
    return symbol
      .getJsDocTags(this.checker)
      .filter((tag) => tag.name === name)
      .map((tag) => this.linked(tag.text ?? []).trim());
  }

  /** Types of the package that a property's type speaks of, each once and in the order they are met. */
  own(property: ts.Symbol): ts.Symbol[] {
    const met = new Set<ts.Symbol>();
    const visit = (node: ts.Node): void => {
      const named = ts.isIdentifier(node) ? this.checker.getSymbolAtLocation(node) : undefined;
      const symbol = named && named.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(named) : named;
      if (symbol !== undefined && isOurs(symbol)) met.add(symbol);
      ts.forEachChild(node, visit);
    };
    const { valueDeclaration } = property;
    if (valueDeclaration !== undefined && ts.isPropertySignature(valueDeclaration) && valueDeclaration.type) {
      visit(valueDeclaration.type);
    }
    return [...met];
  }

  private linked(parts: readonly ts.SymbolDisplayPart[]): string {
    return ts.displayPartsToString([...parts]).replace(/\{@link ([A-Za-z]+)\}/g, "`$1`");
  }
}

const isOurs = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some(
    (at) =>
      (ts.isInterfaceDeclaration(at) || ts.isTypeAliasDeclaration(at)) &&
      at.getSourceFile().fileName.startsWith(components.split(path.sep).join("/")),
  ) === true;

/** Where programs of each language make components, and how. */
const languages: Readonly<Record<string, (component: string) => string>> = {
  "index.ts": (component) => `new gatehouse.${component}(`,
  "__main__.py": (component) => ` gatehouse.${component}(`,
  "Pulumi.yaml": (component) => `type: gatehouse:${component}\n`,
};

/** Lines that lead to the example programs that make a component, with what their projects say of them. */
function programsWith(component: string): string[] {
  return readdirSync(examples)
    .filter((name) => name.startsWith("components-"))
    .flatMap((name) => {
      const made = Object.entries(languages).find(([file, writes]) => {
        const program = path.join(examples, name, file);
        return existsSync(program) && readFileSync(program, "utf8").includes(writes(component));
      });
      if (!made) return [];
      const project = parse(readFileSync(path.join(examples, name, "Pulumi.yaml"), "utf8")) as { description: string };
      return [`- [${name}](../../examples/${name}/${made[0]}): ${project.description}`];
    });
}

function page(component: Component, reader: Reader, picture: readonly string[], programs: readonly string[]): string {
  const { name, file, symbol, declaration, args } = component;
  const argsName = (args.aliasSymbol ?? args.getSymbol())?.name ?? "arguments";
  const lines = [
    `<!-- Made from ${file} by \`npm run docs\`; edit that. -->\n`,
    `# ${name}`,
    "",
    reader.says(symbol),
    "",
  ];
  for (const example of examplesOf(declaration)) lines.push(...example, "");
  if (programs.length > 0) lines.push("Programs to start from:", "", ...programs, "");
  if (picture.length > 0) {
    lines.push("## What it creates", "", ...picture, "");
  }
  lines.push("## Arguments", "", ...table(args.getProperties(), reader));
  const open = reachable(args, reader);
  for (const type of open) lines.push(`### ${type.name}`, "", ...section(type, reader));
  lines.push("## Outputs", "", "| output | type | meaning |", "| --- | --- | --- |");
  for (const member of declaration.members) {
    if (!ts.isPropertyDeclaration(member)) continue;
    const output = reader.checker.getSymbolAtLocation(member.name);
    if (output === undefined || ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) continue;
    lines.push(`| \`${output.name}\` | ${code(typeText(member))} | ${cell(reader.says(output))} |`);
  }
  lines.push(
    "",
    `Its type is \`gatehouse:index:${name}\`, its arguments are \`${argsName}\`. [All components](README.md)`,
  );
  return `${lines.join("\n")}\n`;
}

/** The examples of a class by the lines of their tags, in which TypeScript keeps no margins. */
function examplesOf(declaration: ts.ClassDeclaration): string[][] {
  const [comment] = ts.getLeadingCommentRanges(declaration.getFullText(), 0)?.slice(-1) ?? [];
  const text = comment === undefined ? "" : declaration.getFullText().slice(comment.pos, comment.end);
  const lines = text.split("\n").map((line) => line.replace(/^ \*(?:\/| ?)/, ""));
  const examples: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("@example")) examples.push([line.slice("@example".length).trim(), ""]);
    else if (line.startsWith("@")) break;
    else examples.at(-1)?.push(line);
  }
  return examples.map((example) => example.join("\n").trim().split("\n"));
}

/** Types of the package that the arguments lead to, near ones first. */
function reachable(args: ts.Type, reader: Reader): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const queue = [args];
  for (let type = queue.shift(); type !== undefined; type = queue.shift()) {
    for (const property of type.getProperties()) {
      for (const symbol of reader.own(property)) {
        if (found.includes(symbol)) continue;
        found.push(symbol);
        const declared = reader.checker.getDeclaredTypeOfSymbol(symbol);
        if (!declared.isUnion()) queue.push(declared);
      }
    }
  }
  return found;
}

function section(symbol: ts.Symbol, reader: Reader): string[] {
  const declared = reader.checker.getDeclaredTypeOfSymbol(symbol);
  const says = reader.says(symbol);
  const intro = says === "" ? [] : [says, ""];
  if (symbol.declarations?.some(ts.isTypeAliasDeclaration) === true) {
    const words = wordsOf(symbol, reader);
    return [
      ...intro,
      "| value | meaning |",
      "| --- | --- |",
      ...words.map(([word, why]) => `| \`${word}\` | ${cell(why)} |`),
      "",
    ];
  }
  return [...intro, ...table(declared.getProperties(), reader)];
}

/** The words of an alias that lists them, with what the constant of its name says of each. */
function wordsOf(symbol: ts.Symbol, reader: Reader): [string, string][] {
  const constant = symbol.declarations?.find(ts.isVariableDeclaration);
  if (constant === undefined) {
    const type = reader.checker.getDeclaredTypeOfSymbol(symbol);
    return (type.isUnion() ? type.types : [type]).map((word) => [
      reader.checker.typeToString(word).replace(/"/g, ""),
      "",
    ]);
  }
  return reader.checker
    .getTypeOfSymbolAtLocation(symbol, constant)
    .getProperties()
    .map((word) => [
      reader.checker.typeToString(reader.checker.getTypeOfSymbol(word)).replace(/"/g, ""),
      reader.says(word),
    ]);
}

function table(properties: readonly ts.Symbol[], reader: Reader): string[] {
  const rows = properties.map((property) => {
    const declaration = property.valueDeclaration;
    const text = declaration && ts.isPropertySignature(declaration) ? typeText(declaration) : "";
    const own = reader.own(property);
    const links = own.map((symbol) => `[${symbol.name}](#${symbol.name.toLowerCase()})`);
    const [fallback] = reader.tags(property, "default");
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const without = optional ? cell(fallback ?? "none") : "**required**";
    // What is named like its type means what that does.
    const says = reader.says(property) || own.map((symbol) => firstSentence(reader.says(symbol))).join(" ");
    const meaning = [says, ...(links.length > 0 ? [`See ${links.join(", ")}.`] : [])].join(" ").trim();
    return `| \`${property.name}\` | ${code(text)} | ${without} | ${cell(meaning)} |`;
  });
  return ["| argument | type | default | meaning |", "| --- | --- | --- | --- |", ...rows, ""];
}

/** The type as it is written, with no package before it and an input as what it is one of. */
function typeText(declaration: ts.PropertySignature | ts.PropertyDeclaration): string {
  return (declaration.type?.getText() ?? "").replace(/\bpulumi\./g, "").replace(/\s+/g, " ");
}

const code = (text: string): string => (text === "" ? "" : `\`${text.replace(/\|/g, "\\|")}\``);

const cell = (text: string): string => text.replace(/(?<!\\)\|/g, "\\|").replace(/\s+/g, " ");

function index(found: readonly Component[], reader: Reader): string {
  return `${[
    "<!-- Made from components/ by `npm run docs`; edit that. -->\n",
    "# Components",
    "",
    "Each passes every policy of the pack as it comes; what is weaker needs an exception with a reason.",
    "",
    "An API that is in use moves to one by [a guide](../guides/from-a-blocked-preview-to-a-component.md).",
    "",
    "| component | what it is |",
    "| --- | --- |",
    ...found.map(({ name, symbol }) => `| [${name}](${name}.md) | ${cell(firstSentence(reader.says(symbol)))} |`),
    "",
    "What AWS must know by a name, it knows as `<kind>-<name>-<stack>-…-<digest>`: `rest-orders-prod-b07f32de`. The digest is of",
    "the kind, the name, the stack, the project and the types of the parents, so that no two are called the same in one account,",
    "and the environment stands in it where the stack does not tell it. Another parent, or another name of the project, gives",
    "other names, even with an alias: log groups, roles and functions are then replaced.",
    "",
    "What other components offer, and where it is here, is [compared](../guides/components-compared.md); what [other",
    "scanners](../guides/other-scanners.md) say of these is told, and so are the [traps](../decisions/0006-traps.md) that",
    "others fell into.",
  ].join("\n")}\n`;
}

const firstSentence = (text: string): string => /^[\s\S]*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
