import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** A door between rooms: what may not be imported, and why. */
const closed = (patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

export default tseslint.config(
  { ignores: ["**/bin/**", "**/node_modules/**", "examples/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-restricted-types": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      // Property names of resources are read from index signatures.
      "@typescript-eslint/dot-notation": "off",
    },
  },
  {
    files: ["policypack/policies/**"],
    rules: closed([
      { group: ["@pulumi/*"], message: "A policy asks the model, and nothing of Pulumi." },
      { group: ["./*", "!./*/*"], message: "A policy does not import another policy." },
    ]),
  },
  {
    files: ["policypack/policies/index.ts", "policypack/policies/*/index.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["preview/**", "components/**"],
    rules: closed([{ group: ["**/policypack/**"], message: "The pack is asked over gRPC, as the engine asks it." }]),
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": "off",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        require: "readonly",
        module: "writable",
        setImmediate: "readonly",
      },
    },
  },
  prettier,
);
