// Builds icons.svg, the one sprite, from an unpacked lucide-static package.
// Usage: node icons.mjs <path of the package>/icons > icons.svg
import { readFileSync } from "node:fs";
import { join } from "node:path";

const names = `arrow-left arrow-right arrow-up bell building-2 calendar check chevron-down chevron-left chevron-right
circle-alert circle-check circle-question-mark clock copy download ellipsis external-link eye file-text flag git-merge
globe history image inbox info key keyboard link list-filter lock log-out menu message-square paperclip pause pencil
play plus refresh-cw rotate-ccw search send settings star sticky-note trash-2 triangle-alert undo-2 upload user users
webhook x`.split(/\s+/);

const symbols = names.map((name) => {
  const svg = readFileSync(join(process.argv[2], `${name}.svg`), "utf8");
  const shapes = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
});
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
