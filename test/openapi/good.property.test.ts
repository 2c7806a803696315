import { operations, testWithGoodRequests } from '../support/requests.ts'

const isTaken = ({ name }: { name: string }) =>
  /Camera|Rule|presign|list/.test(name) && !name.startsWith('delete')

testWithGoodRequests(operations.filter(isTaken))
