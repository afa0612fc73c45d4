/** Who can sign in to the demo. Everything runs on this machine alone, so the passwords are no secret. */
export const people = {
  admin: { email: 'admin@example.com', password: 'harbour-lamp-27' },
  trial: { email: 'grace@example.com', password: 'walnut-kite-58', firstName: 'Grace', lastName: 'Hopper' },
  paying: { email: 'ada@example.com', password: 'copper-fern-94', firstName: 'Ada', lastName: 'Lovelace' },
} as const
