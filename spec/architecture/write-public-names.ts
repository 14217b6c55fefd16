// `npm run names` writes spec/public-names.json, so that a change of what users can import shows in the diff.
import { writeFileSync } from "node:fs";
import { publicNameList } from "./public-names.ts";
import { projectFiles } from "./source.ts";

writeFileSync("spec/public-names.json", `${JSON.stringify(publicNameList(projectFiles()), null, 2)}\n`);
