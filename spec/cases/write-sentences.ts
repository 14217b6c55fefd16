// Writes the table at the end of README.md anew: node --import tsx spec/cases/write-sentences.ts
import { readFileSync, writeFileSync } from "node:fs";
import { allCases, FOLDER, sentenceTable, TITLE } from "./sentences.ts";

const path = `${FOLDER}/README.md`;
const [before = ""] = readFileSync(path, "utf8").split(TITLE);
writeFileSync(path, before + TITLE + sentenceTable(readFileSync("patterns/README.md", "utf8"), allCases()));
