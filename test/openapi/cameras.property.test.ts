import { isUnderACamera, operations, testWithAnyRequest } from '../support/requests.ts'

testWithAnyRequest(operations.filter(isUnderACamera))
