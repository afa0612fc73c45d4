import { writeLife } from './life-document.js'

writeLife()
