export { type BcryptHasherOptions, bcryptHasher } from './bcrypt-hasher.js'
export { secureRandomBytes, systemClock, uuidv7 } from './system-runtime.js'
