import { useEffect, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { toast } from './toast.tsx'
import './copy.css'

const SAID_FOR_IN_MS = 2_000

/** Text with a button that copies it; `label` is the button's text. */
export function Copy({ text, label, look }: { text: string; label: string; look: 'large' | 'line' }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_FOR_IN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      toast('Copying failed. Select the text and copy it yourself.')
    }
  }
  return (
    <div class="copy">
      <code data-look={look} tabIndex={look === 'line' ? 0 : undefined}>
        {text}
      </code>
      {/* A page over http from another host has no clipboard. */}
      {'clipboard' in navigator && (
        <Button look="tinted" icon={isCopied ? 'check' : 'copy'} onPress={copy}>
          {isCopied ? 'Copied' : label}
        </Button>
      )}
      <span class="visually-hidden" role="status">
        {isCopied && 'Copied'}
      </span>
    </div>
  )
}
