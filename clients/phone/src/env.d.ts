/** What Vite defines. */
interface ImportMeta {
  readonly env: {
    /** The base path of the app: `/app/` behind the Worker, `/` in the iPhone app. */
    readonly BASE_URL: string
    readonly DEV: boolean
    /** The API's base URL if the service does not serve the app; else the page's origin is used. */
    readonly VITE_API?: string
  }
}

declare module '*.css' {}
declare module '*?url' {
  const url: string
  export default url
}
declare module '*?raw' {
  const text: string
  export default text
}
