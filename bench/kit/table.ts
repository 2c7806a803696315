/** Prints rows under their headings, the first column left-aligned, the others right-aligned. */
export function printTable(heads: string[], rows: string[][]) {
  const widths = heads.map((head, column) =>
    Math.max(...[heads, ...rows].map((row) => (row[column] ?? '').length), head.length),
  )
  const line = (row: string[]) =>
    widths.map((width, column) =>
      column === 0 ? (row[0] ?? '').padEnd(width) : (row[column] ?? '').padStart(width),
    )
  console.log()
  for (const row of [heads, ...rows]) console.log(line(row).join('   ').trimEnd())
}

export const number = (value: number, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–')
