import './boxes.css'

type Box = { name: string; box: readonly number[] }

/** Named boxes over a picture: left, top, width and height as shares of it, independent of the text direction. */
export const Boxes = ({ boxes }: { boxes: Box[] }) => (
  <span class="boxes" dir="ltr">
    {boxes.map(({ name, box: [left = 0, top = 0, width = 0, height = 0] }, index) => (
      <span
        key={index}
        style={{
          insetInlineStart: share(left),
          insetBlockStart: share(top),
          inlineSize: share(width),
          blockSize: share(height),
        }}
      >
        <span>{name}</span>
      </span>
    ))}
  </span>
)

const share = (of: number) => `${of * 100}%`
