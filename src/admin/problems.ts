import { Problem } from '../problems.ts'

/** The refusals of pages, beside those of the API. */
export const pageProblems = {
  notPermitted: () => new Problem(403, { detail: 'You don’t have permission to do this.' }),
  blocked: () =>
    new Problem(409, {
      detail: 'Somebody else is changing the same records at this moment. Nothing was changed.',
    }),
  csrfFailed: () =>
    new Problem(403, {
      detail:
        'CSRF verification failed: the form was not sent from a page of this site, or not in this session.',
    }),
}
