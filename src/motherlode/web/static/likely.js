// Ranks of rows by the model, in words and in bands of colour: probabilities of a rare class are
// small and alike, and ranks tell them apart.

import { counted } from "./build.js";

const LEVELS = 254;
const SHARES = [0.001, 0.01, 0.1, 0.5, 1];
const FEWEST = 5; // rows of a band

// Which share of all n rows is as likely as this one, or likelier. Level 0 is no rank.
export function shareOf(level, n) {
  return n ** ((1 - level) / LEVELS);
}

// The bands of n rows, the likeliest first, as {share, name}.
export function bandsOf(n) {
  const shares = SHARES.filter((share) => share * n >= FEWEST || share === 1);
  return shares.map((share) => ({ share, name: share < 1 ? `likeliest ${percent(share)}` : "others" }));
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
