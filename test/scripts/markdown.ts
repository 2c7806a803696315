/** Parses a page: its links, its headings as GitHub's anchors, its code blocks, and its text. */
export function readPage(file: string, text: string) {
  const code = Array.from(text.matchAll(/^ *```(\w*)\n(.*?)^ *```/gms), ([, language = '', text = '']) => ({
    language,
    text,
  }))
  const prose = text.replace(/^ *```.*?^ *```/gms, '')
  return {
    file,
    text,
    code,
    links: Array.from(prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!),
    headings: Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, heading]) => anchorOf(heading!)),
  }
}

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
