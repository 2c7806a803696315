/** Things without a free photograph, as SVG: for a picture of 900 × 600 unless stated otherwise. */

/** A cardboard box with tape and a label, on the grass in front of the door. */
export function parcel() {
  return `<ellipse cx="590" cy="560" rx="150" ry="16" fill="#000" opacity="0.35"/>
    <polygon points="450,430 660,430 660,560 450,560" fill="#b98a56"/><polygon points="660,430 730,395 730,520 660,560" fill="#94683a"/>
    <polygon points="450,430 525,395 730,395 660,430" fill="#d0a26c"/><polygon points="545,430 572,430 640,395 612,395" fill="#e9dcb9"/>
    <rect x="545" y="430" width="27" height="42" fill="#e9dcb9"/><rect x="465" y="480" width="72" height="52" fill="#fff"/>
    <g fill="#222"><rect x="472" y="488" width="48" height="5"/><rect x="472" y="498" width="36" height="5"/>
    ${[0, 5, 8, 14, 18, 25, 29, 36, 42, 46, 52].map((x, i) => `<rect x="${472 + x}" y="510" width="${1 + (i % 3)}" height="16"/>`).join('')}</g>`
}

/** A wheelie bin, put out for collection. */
export function bin() {
  return `<ellipse cx="640" cy="572" rx="95" ry="12" fill="#000" opacity="0.35"/><polygon points="560,360 720,360 700,565 580,565" fill="#2f6b3a"/>
    <rect x="548" y="335" width="184" height="30" rx="10" fill="#3b8248"/><rect x="600" y="322" width="80" height="16" rx="6" fill="#2a5a33"/>
    <g stroke="#24522c" stroke-width="4"><line x1="600" y1="385" x2="608" y2="550"/><line x1="640" y1="385" x2="640" y2="550"/><line x1="680" y1="385" x2="672" y2="550"/></g>
    <circle cx="590" cy="562" r="17" fill="#1a1a1a"/><circle cx="690" cy="562" r="17" fill="#1a1a1a"/><circle cx="590" cy="562" r="6" fill="#777"/><circle cx="690" cy="562" r="6" fill="#777"/>`
}

export function bicycle() {
  const wheel = (x: number) =>
    `<circle cx="${x}" cy="520" r="62" fill="none" stroke="#161616" stroke-width="8"/><circle cx="${x}" cy="520" r="6" fill="#333"/>
    ${[0, 30, 60, 90, 120, 150].map((angle) => `<line x1="${x - 58}" y1="520" x2="${x + 58}" y2="520" stroke="#888" stroke-width="1" transform="rotate(${angle} ${x} 520)"/>`).join('')}`
  return `<ellipse cx="420" cy="584" rx="180" ry="8" fill="#000" opacity="0.35"/>${wheel(320)}${wheel(515)}
    <g fill="none" stroke="#1d5fa8" stroke-width="9" stroke-linecap="round" stroke-linejoin="round"><path d="M320 520 L370 430 L480 430 L412 522 Z"/><path d="M320 520 L412 522 L362 412"/><path d="M515 520 L474 408"/></g>
    <path d="M338 408 q28 -12 52 0" stroke="#111" stroke-width="13" fill="none" stroke-linecap="round"/>
    <path d="M474 408 l-4 -16 q18 -10 34 4 q6 14 -8 18" stroke="#222" stroke-width="7" fill="none" stroke-linecap="round"/>
    <circle cx="412" cy="522" r="15" fill="none" stroke="#333" stroke-width="5"/><path d="M412 522 l16 24 m-8 2 h18" stroke="#333" stroke-width="5"/>`
}

/** Flames in the pan, and the smoke over them. */
export function fire() {
  const flame = (x: number, y: number, size: number, color: string) =>
    `<path d="M${x} ${y} c${-size} ${-size * 0.6} ${-size * 0.2} ${-size} ${-size * 0.1} ${-size * 2.1} c${size * 0.7} ${size * 0.5} ${size * 0.3} ${size * 0.9} ${size * 0.6} ${size * 0.7} c${size * 0.6} ${size * 0.7} ${size * 0.2} ${size * 1.3} ${-size * 0.5} ${size * 1.4} z" fill="${color}"/>`
  const flames = [300, 350, 410, 470, 530, 570].map(
    (x, i) =>
      flame(x, 345, 92 + (i % 3) * 28, '#e8461a') +
      flame(x + 4, 345, 66 + (i % 3) * 18, '#ff9a1f') +
      flame(x + 6, 345, 38 + (i % 3) * 10, '#ffe56b'),
  )
  const smoke = Array.from(
    { length: 16 },
    (_, i) =>
      `<circle cx="${250 + ((i * 137) % 380)}" cy="${20 + ((i * 71) % 150)}" r="${46 + ((i * 29) % 50)}"/>`,
  )
  return `<defs><filter id="soft"><feGaussianBlur stdDeviation="5"/></filter><filter id="softer"><feGaussianBlur stdDeviation="22"/></filter></defs>
    <ellipse cx="430" cy="330" rx="260" ry="150" fill="#ff7a1a" opacity="0.35" filter="url(#softer)"/><g filter="url(#soft)">${flames.join('')}</g>
    <g fill="#3a3a3a" opacity="0.55" filter="url(#softer)">${smoke.join('')}</g>`
}

/** A room with a sofa. */
export function sofa() {
  return `<defs><linearGradient id="wall" x2="0" y2="1"><stop stop-color="#d9d3c4"/><stop offset="1" stop-color="#c7bfad"/></linearGradient>
    <linearGradient id="seat" x2="0" y2="1"><stop stop-color="#5d7f8f"/><stop offset="1" stop-color="#42606d"/></linearGradient></defs>
    <rect width="800" height="560" fill="url(#wall)"/><rect y="430" width="800" height="130" fill="#8c6a48"/><g stroke="#755738" stroke-width="2">
    ${[455, 485, 520].map((y) => `<line x1="0" x2="800" y1="${y}" y2="${y}"/>`).join('')}</g>
    <rect x="80" y="40" width="150" height="110" fill="#fff" stroke="#5a4a33" stroke-width="8"/><path d="M90 140 l50 -60 l40 40 l20 -18 l25 38 z" fill="#7fa37a"/>
    <ellipse cx="400" cy="492" rx="330" ry="22" fill="#000" opacity="0.3"/>
    <g fill="#3a2a1a"><rect x="120" y="450" width="20" height="40"/><rect x="660" y="450" width="20" height="40"/></g>
    <rect x="110" y="180" width="580" height="210" rx="34" fill="#4d6d7b"/><rect x="130" y="195" width="265" height="160" rx="24" fill="url(#seat)"/><rect x="405" y="195" width="265" height="160" rx="24" fill="url(#seat)"/>
    <rect x="130" y="340" width="268" height="70" rx="20" fill="#6b90a1"/><rect x="402" y="340" width="268" height="70" rx="20" fill="#6b90a1"/><rect x="110" y="400" width="580" height="56" rx="12" fill="#3f5a66"/>
    <rect x="70" y="260" width="76" height="196" rx="30" fill="#55788a"/><rect x="654" y="260" width="76" height="196" rx="30" fill="#55788a"/>`
}

/** A shop's shelves, full, for 800 × 560. */
export function shelves() {
  const colors = ['#c0392b', '#2e86c1', '#f1c40f', '#27ae60', '#8e44ad', '#e67e22', '#ecf0f1']
  const goods = [0, 1, 2, 3].flatMap((row) =>
    Array.from({ length: 15 }, (_, i) => {
      const height = 54 + ((i * 37 + row * 23) % 36)
      return `<rect x="${14 + i * 52}" y="${120 + row * 112 - height}" width="42" height="${height}" rx="4" fill="${colors[(i * 3 + row) % 7]}"/><rect x="${20 + i * 52}" y="${120 + row * 112 - height / 2 - 8}" width="30" height="16" fill="#fff" opacity="0.8"/>`
    }),
  )
  const boards = [120, 232, 344, 456].map((y) => `<rect y="${y}" width="800" height="14" fill="#7b6a55"/>`)
  return `<rect width="800" height="560" fill="#5d5346"/>${boards.join('')}${goods.join('')}<rect y="480" width="800" height="80" fill="#8d8d88"/>`
}

/** A garage with its gate up or down, for 800 × 560. */
export function garage(isOpen: boolean) {
  const closed = `<rect x="200" y="190" width="400" height="290" fill="#e8e6df"/><g stroke="#b5b2a6" stroke-width="4">${[238, 286, 334, 382, 430].map((y) => `<line x1="200" x2="600" y1="${y}" y2="${y}"/>`).join('')}</g>`
  const open = `<rect x="200" y="190" width="400" height="290" fill="#17140f"/><polygon points="200,190 600,190 560,215 240,215" fill="#e8e6df"/>
    <rect x="240" y="215" width="320" height="215" fill="#3b352b"/><rect x="240" y="430" width="320" height="50" fill="#4c463b"/><rect x="255" y="250" width="110" height="8" fill="#8c6a48"/><rect x="262" y="222" width="26" height="28" fill="#a33"/><rect x="296" y="230" width="20" height="20" fill="#37a"/>
    <circle cx="480" cy="380" r="44" fill="none" stroke="#111" stroke-width="16"/>`
  return `<rect width="800" height="560" fill="#8fa3b8"/><polygon points="120,160 400,40 680,160" fill="#7a3b2e"/><rect x="140" y="160" width="520" height="320" fill="#c9a98a"/>
    ${isOpen ? open : closed}<rect x="192" y="182" width="416" height="10" fill="#5f5a50"/><polygon points="150,560 650,560 600,480 200,480" fill="#8c8c8c"/><polygon points="0,560 150,560 200,480 0,480" fill="#5d7d4b"/><polygon points="800,560 650,560 600,480 800,480" fill="#5d7d4b"/>`
}

/** A lorry in front of an iron gate. */
export function truckAtGate() {
  const bars = Array.from(
    { length: 26 },
    (_, i) => `<rect x="${60 + i * 30}" y="330" width="8" height="230"/>`,
  )
  const wheel = (x: number) =>
    `<circle cx="${x}" cy="548" r="38" fill="#181818"/><circle cx="${x}" cy="548" r="17" fill="#9a9a9a"/>`
  return `<g fill="#23272b">${bars.join('')}<rect x="50" y="345" width="790" height="9"/><rect x="50" y="520" width="790" height="9"/><rect x="40" y="310" width="22" height="260"/><rect x="836" y="310" width="22" height="260"/></g>
    <ellipse cx="440" cy="584" rx="330" ry="10" fill="#000" opacity="0.4"/><rect x="130" y="280" width="430" height="240" fill="#eef0f2" stroke="#b9bec4" stroke-width="4"/><rect x="130" y="505" width="620" height="26" fill="#33383d"/>
    <path d="M572 520 V350 h96 q22 0 32 20 l34 72 q16 6 16 26 v52 z" fill="#b5322b"/><path d="M590 366 h74 q12 0 18 14 l28 60 h-120 z" fill="#cfe3ee"/><rect x="735" y="478" width="16" height="18" fill="#ffe9a0"/>
    <g stroke="#c8ccd1" stroke-width="2">${[200, 270, 340, 410, 480].map((x) => `<line x1="${x}" x2="${x}" y1="282" y2="518"/>`).join('')}</g>${wheel(220)}${wheel(310)}${wheel(660)}`
}

/** A letter box on a post, with letters sticking out. */
export function lettersInBox() {
  return `<rect x="600" y="420" width="22" height="170" fill="#5b4128"/><polygon points="540,330 560,300 570,345" fill="#fff"/>
    <g stroke="#999" stroke-width="2"><rect x="505" y="318" width="120" height="74" fill="#fdfdf6" transform="rotate(-12 560 350)"/><rect x="545" y="306" width="120" height="74" fill="#fff" transform="rotate(7 600 350)"/></g>
    <rect x="598" y="316" width="26" height="22" fill="#c0392b" transform="rotate(7 600 350)" opacity="0.85"/><g stroke="#555" stroke-width="3" transform="rotate(7 600 350)"><line x1="560" x2="610" y1="346" y2="346"/><line x1="560" x2="596" y1="356" y2="356"/></g>
    <path d="M500 372 h220 v90 h-220 z" fill="#2b4a7a"/><path d="M500 372 q0 -14 14 -14 h192 q14 0 14 14 z" fill="#38609c"/><rect x="520" y="364" width="170" height="10" fill="#0d1726"/><text x="610" y="430" font-family="DejaVu Sans, Arial, sans-serif" font-size="34" font-weight="bold" fill="#fff" text-anchor="middle">MAIL</text>`
}

/** An empty bicycle rack. */
export function emptyRack() {
  const hoops = [260, 350, 440, 530, 620].map(
    (x) =>
      `<path d="M${x} 580 v-95 q0 -30 26 -30 q26 0 26 30 v95" fill="none" stroke="#7f878e" stroke-width="9"/>`,
  )
  return `<ellipse cx="460" cy="584" rx="250" ry="9" fill="#000" opacity="0.3"/>${hoops.join('')}<rect x="240" y="574" width="450" height="10" fill="#6b7278"/>`
}

/** A cigarette in the mouth of the woman in front of the door, and its smoke. */
export function cigarette() {
  return `<defs><filter id="haze"><feGaussianBlur stdDeviation="4"/></filter></defs>
    <g transform="rotate(16 612 268)"><rect x="612" y="265" width="44" height="7" fill="#fafafa"/><rect x="612" y="265" width="12" height="7" fill="#d9a05b"/><rect x="655" y="265" width="6" height="7" fill="#ff5a1f"/></g>
    <path d="M660 282 q22 -34 2 -62 q-20 -34 8 -66 q24 -30 6 -62" fill="none" stroke="#f2f2f2" stroke-width="12" opacity="0.65" filter="url(#haze)"/>`
}
