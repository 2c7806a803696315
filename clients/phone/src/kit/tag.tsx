import './tag.css'

/** A state in a word or two. */
export const Tag = ({
  tone = 'plain',
  children,
}: {
  tone?: 'good' | 'warn' | 'danger' | 'plain'
  children: string
}) => (
  <span class="tag" data-tone={tone}>
    {children}
  </span>
)
