/** What ios/App/App/PageViewController.swift passes to the page. */
type Told = { environment: 'production' | 'sandbox'; installation: string }

const told = (globalThis as { scout?: Told }).scout

/** Which of Apple's push services this app uses: the sandbox if Xcode installed it. */
export const environment = told?.environment ?? 'production'
/** The id of this installation; it changes with each installation. */
export const installation = told?.installation ?? ''
