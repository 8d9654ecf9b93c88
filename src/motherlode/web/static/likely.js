// Ranks of rows by the model, in words and in bands of colour: probabilities of a rare class are
// small and alike, and ranks tell them apart.

import { counted } from "./build.js";

const LEVELS = 254;
const SHARES = [0.001, 0.01, 0.1, 0.5, 1];
const FEWEST = 5; // rows of a band

// Which share of all n rows is as likely as this one, or likelier. Level 0 is no rank.
function shareOf(level, n) {
  return n ** ((1 - level) / LEVELS);
}

// The bands that hold rows, the likeliest first, as {share, name, rows}.
// counts: how many rows have each level
export function bandsOf(counts) {
  const n = counts.reduce((sum, one) => sum + one, 0);
  const bands = SHARES.filter((share) => share * n >= FEWEST || share === 1)
    .map((share) => ({ share, name: share < 1 ? `likeliest ${percent(share)}` : "others", rows: 0 }));
  for (let level = 1; level < counts.length; level++) bands[bandOf(level, n, bands)].rows += counts[level];
  return bands.filter(({ rows }) => rows); // rows that are as likely as each other are in one
}

// The place of a level among the bands; -1 without a rank.
export function bandOf(level, n, bands) {
  // A level is rounded, so a row at the edge belongs to the band.
  return level ? bands.findIndex(({ share }) => shareOf(level, n) <= share * n ** (0.5 / LEVELS)) : -1;
}

export function inWords(level, n) {
  if (!level) return "not ranked yet";
  const share = shareOf(level, n);
  if (share * n < 1.5) return `the likeliest of ${counted(n)} rows`;
  const near = [0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5].find((one) => share <= one * n ** (0.5 / LEVELS) && one * n >= 1);
  return near ? `among the likeliest ${percent(near)}` : "in the less likely half";
}

function percent(share) {
  return `${Number((100 * share).toPrecision(2))} %`;
}
