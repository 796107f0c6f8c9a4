import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Failure } from "./failure";

/** The JSON in a file, in UTF-8 or in the UTF-16 that Windows PowerShell redirects output in. */
export function readJson(file: string): unknown {
  const bytes = readFileSync(file);
  const text = bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf16le" : "utf8");
  return JSON.parse(text.replace(/^\uFEFF/, ""));
}

/** Refuses, before any work is done, what {@link writeWhole} could not write. */
export function checkWritable(file: string): void {
  const directory = path.dirname(file);
  if (!existsSync(directory)) {
    throw new Failure(`--out ${file}: the directory ${directory} does not exist; make it first.`, 2);
  }
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw new Failure(`--out ${file} is a directory: name a file in it.`, 2);
  }
}

/** Written beside the file and moved there, so that nobody ever reads half of it. */
export function writeWhole(file: string, text: string): void {
  const partial = `${file}.${String(process.pid)}.partial`;
  try {
    writeFileSync(partial, text);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new Failure(`${file} cannot be written: ${error instanceof Error ? error.message : ""}`, 2);
  }
}
