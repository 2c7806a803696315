import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'
import './picture.css'

type PictureProps = {
  /** Its URL, or null if there is no picture. */
  url: string | null
  /** Its alternative text. */
  label: string
  /** Its width by its height. */
  ratio?: string
  /** Shown instead if there is no picture or it fails to load. */
  icon?: IconName
  words?: string
  /** Drawn over it. */
  children?: ComponentChildren
}

/** A picture that reserves its space while it loads, and shows a placeholder if it fails. */
export function Picture({ url, label, ratio = '16 / 9', icon = 'photo', words, children }: PictureProps) {
  const [state, setState] = useState<Loaded>()
  // A signed URL changes from time to time: the old picture stays until the new one is loaded.
  const is = url === null ? 'missing' : stateOf(url, state)
  return (
    <figure class="picture" style={{ aspectRatio: ratio }} data-is={is}>
      {url !== null && (
        <img
          src={url}
          alt={label}
          decoding="async"
          onLoad={() => setState({ url, is: 'there' })}
          onError={() => setState({ url, is: 'missing' })}
        />
      )}
      {is === 'missing' && (
        <span class="picture-missing">
          <Icon name={icon} size={32} />
          {words && <span>{words}</span>}
        </span>
      )}
      {children}
    </figure>
  )
}

type Loaded = { url: string; is: 'there' | 'missing' }

const stateOf = (url: string, state: Loaded | undefined) =>
  state && (state.url === url || state.is === 'there') ? state.is : 'loading'
