// What changes from one text to another, line by line: [{ sign, number, text }] with sign "+", "-" or " "; the numbers are those
// of the second text, and of the first for what is gone.
const LARGEST = 4_000_000; // pairs of lines that are compared

export function lineDiff(before, after) {
  const one = before.split("\n");
  const two = after.split("\n");
  let start = 0;
  while (start < Math.min(one.length, two.length) && one[start] === two[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, two.length) - start && one.at(-1 - end) === two.at(-1 - end)) end += 1;
  const middle = changes(one.slice(start, one.length - end), two.slice(start, two.length - end), start);
  const same = (line, number) => ({ sign: " ", number: number + 1, text: line });
  const tail = two.slice(two.length - end).map((line, index) => same(line, two.length - end + index));
  return [...two.slice(0, start).map(same), ...middle, ...tail];
}

// With the lines around each change; null stands for those that are left out.
export function aroundChanges(lines, around = 2) {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some((one) => one.sign !== " "));
  return lines.flatMap((line, index) => (near[index] ? [line] : index === 0 || near[index - 1] ? [null] : []));
}

function changes(one, two, offset) {
  if (one.length * two.length > LARGEST) return [...gone(one, offset), ...added(two, offset)];
  const common = lengths(one, two);
  const found = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < two.length) {
    if (i < one.length && j < two.length && one[i] === two[j]) {
      found.push({ sign: " ", number: offset + j + 1, text: two[j] });
      i += 1;
      j += 1;
    } else if (i < one.length && (j === two.length || common[i + 1][j] >= common[i][j + 1])) found.push(...gone([one[i]], offset + i++));
    else found.push(...added([two[j]], offset + j++));
  }
  return found;
}

const gone = (lines, offset) => lines.map((text, index) => ({ sign: "-", number: offset + index + 1, text }));
const added = (lines, offset) => lines.map((text, index) => ({ sign: "+", number: offset + index + 1, text }));

// How many lines the rest of the one and the rest of the other have in common, in order.
function lengths(one, two) {
  const table = Array.from({ length: one.length + 1 }, () => new Uint32Array(two.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = two.length - 1; j >= 0; j -= 1) {
      table[i][j] = one[i] === two[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}
