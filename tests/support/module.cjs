"use strict";

// TypeScript would turn `import()` into `require`, which cannot load a module of the other kind everywhere.
exports.load = (file) => import(require("node:url").pathToFileURL(file).href);
