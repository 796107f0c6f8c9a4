"use strict";

const fc = require("fast-check");

// One seed, so that what fails in one place fails in another; `FC_SEED=random` looks where nobody has looked yet.
const { FC_SEED = "20261128" } = process.env;
if (FC_SEED !== "random") fc.configureGlobal({ seed: Number(FC_SEED) });
