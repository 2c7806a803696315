import type { Box } from './box.ts'

/** The side of a cell in pixels. */
const CELL = 4
/** The least number of changed pixels in a cell, of 16. */
const CHANGED = 6
/** The least number of connected cells in a region: a leaf has fewer. */
const LEAST_CELLS = 4
/** The share of a region that must also differ from two frames ago; else it stands still. */
const MOVING = 0.06

/** The connected regions of changed cells that move, largest first. */
export function regionsIn(width: number, height: number, changed: Uint8Array, moving: Uint8Array): Box[] {
  const columns = Math.floor(width / CELL)
  const rows = Math.floor(height / CELL)
  const changes = cellsOf(width, columns, rows, changed)
  const moves = cellsOf(width, columns, rows, moving)
  const regions: { cells: number; box: Box }[] = []
  const isOpen = Uint8Array.from(changes, (count) => (count >= CHANGED ? 1 : 0))
  for (let from = 0; from < isOpen.length; from++) {
    if (!isOpen[from]) continue
    const cells = connected(from, columns, rows, isOpen)
    const total = (counts: Uint8Array) => cells.reduce((sum, cell) => sum + counts[cell]!, 0)
    if (cells.length < LEAST_CELLS || total(moves) < MOVING * total(changes)) continue
    regions.push({ cells: cells.length, box: boxOf(cells, columns, rows) })
  }
  return regions.sort((one, other) => other.cells - one.cells).map(({ box }) => box)
}

function cellsOf(width: number, columns: number, rows: number, pixels: Uint8Array) {
  const counts = new Uint8Array(columns * rows)
  for (let y = 0; y < rows * CELL; y++)
    for (let x = 0; x < columns * CELL; x++)
      counts[Math.floor(y / CELL) * columns + Math.floor(x / CELL)]! += pixels[y * width + x]!
  return counts
}

/** Collects the open cells connected to one by sides or corners, and closes them. */
function connected(from: number, columns: number, rows: number, isOpen: Uint8Array) {
  const cells = [from]
  isOpen[from] = 0
  for (const cell of cells) {
    const x = cell % columns
    const y = (cell - x) / columns
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
        const next = row * columns + column
        if (isOpen[next]) cells.push(next)
        isOpen[next] = 0
      }
  }
  return cells
}

function boxOf(cells: number[], columns: number, rows: number): Box {
  const xs = cells.map((cell) => cell % columns)
  const ys = cells.map((cell) => Math.floor(cell / columns))
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [
    left / columns,
    top / rows,
    (Math.max(...xs) + 1 - left) / columns,
    (Math.max(...ys) + 1 - top) / rows,
  ]
}
