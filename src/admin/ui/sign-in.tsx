import { Token } from './page.tsx'

type Props = {
  csrf: string
  next: string
  email: string
  error: string | undefined
  signedInAs: string | undefined
  /** Whether the typed entries will be missing after the sign-in. */
  isDraftLost: boolean
}

/** The sign-in form. */
export const SignIn = ({ csrf, next, email, error, signedInAs, isDraftLost }: Props) => (
  <form class="card sign-in" method="post" action="/admin/login/">
    {error && (
      <p class="note error" role="alert">
        {error}
      </p>
    )}
    {signedInAs && (
      <p class="note warning" role="alert">
        You are authenticated as {signedInAs}, but are not authorized to access this page. Would you like to
        login to a different account?
      </p>
    )}
    {isDraftLost && (
      <p class="note warning" role="alert">
        Your session had ended: nothing was saved, and what you typed could not be kept.
      </p>
    )}
    <Token csrf={csrf} />
    <input type="hidden" name="next" value={next} />
    <p>
      <label for="id_email">Email:</label>
      <input
        id="id_email"
        name="email"
        type="email"
        value={email}
        required
        autofocus
        autocomplete="username"
      />
    </p>
    <p>
      <label for="id_password">Password:</label>
      <input id="id_password" name="password" type="password" required autocomplete="current-password" />
    </p>
    <button>Log in</button>
  </form>
)

export const SignedOut = () => (
  <div class="card sign-in">
    <p>Thanks for spending some quality time with the web site today.</p>
    <p>
      <a href="/admin/">Log in again</a>
    </p>
  </div>
)
