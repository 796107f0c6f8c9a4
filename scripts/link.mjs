// Part of `npm run build`.
import { ensureLink } from "./ensure.mjs";

ensureLink();
