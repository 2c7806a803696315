import { useState } from 'preact/hooks'
import { address } from '../../router.ts'
import { Arriving } from './arriving.tsx'
import { Built } from './built.tsx'
import { Naming } from './naming.tsx'
import { Scan } from './scan.tsx'
import { TypeCode } from './type-code.tsx'
import { Ways } from './ways.tsx'
import './pairing.css'

/** Adds a camera to the account. `?by=` selects the way; `?camera=` continues with a camera that was added already. */
export function AddCamera() {
  const { search } = address.value
  const camera = search.get('camera')
  if (camera) return <Arriving key={camera} id={camera} />
  // A code belongs to the address where it was read, so Back leaves it.
  return <Way key={String(search)} by={search.get('by')} />
}

function Way({ by }: { by: string | null }) {
  const [token, setToken] = useState<string | null>(null)
  if (token) return <Naming token={token} onAgain={() => setToken(null)} />
  if (by === 'scan') return <Scan onToken={setToken} />
  if (by === 'code') return <TypeCode onToken={setToken} />
  if (by === 'built') return <Built />
  return <Ways onToken={setToken} />
}
