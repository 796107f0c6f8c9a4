// The one file that serves the pack; everything else can be imported.
import "./light-start";
import { PolicyPack } from "@pulumi/policy";
import { createPack } from "./pack";

new PolicyPack("gatehouse", createPack());
