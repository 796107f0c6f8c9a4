/** Loads a module, be it CommonJS or not. */
export declare function load(file: string): Promise<unknown>;
