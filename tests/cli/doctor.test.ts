import { describe, expect, it } from 'vitest'
import {
  judgeClock,
  judgeDateStyle,
  judgeDurability,
  judgeEncoding,
  judgeEncryption,
  judgeRole,
  judgeVersion,
  judgeWritable,
  type ServerFacts,
} from '../../src/cli/checks/server-checks.js'

const server: ServerFacts = {
  version: '16.2',
  versionNumber: 160_002,
  encoding: 'UTF8',
  dateStyle: 'ISO, DMY',
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  readOnly: 'off',
  inRecovery: false,
  role: 'shop',
  isSuperuser: false,
  bypassesRowSecurity: false,
  isEncrypted: true,
  isLocal: false,
}

describe('the doctor', () => {
  it.each([judgeVersion, judgeEncoding, judgeDateStyle, judgeWritable, judgeDurability, judgeRole, judgeEncryption])(
    'has nothing against a good server: %o',
    (judge) => {
      expect(judge(server)).toMatchObject({ status: 'ok', fix: null })
    },
  )

  it.each([
    ['fail', 'Postgres 14.11', judgeVersion, { version: '14.11', versionNumber: 140_011 }],
    ['ok', 'Postgres 15.0', judgeVersion, { version: '15.0', versionNumber: 150_000 }],
    ['fail', 'SQL_ASCII', judgeEncoding, { encoding: 'SQL_ASCII' }],
    ['fail', 'SQL, DMY', judgeDateStyle, { dateStyle: 'SQL, DMY' }],
    ['fail', 'a standby', judgeWritable, { inRecovery: true, readOnly: 'on' }],
    ['fail', 'transactions are read-only', judgeWritable, { readOnly: 'on' }],
    ['fail', 'fsync is off', judgeDurability, { fsync: 'off' }],
    ['fail', 'full_page_writes, synchronous_commit are off', judgeDurability, { fullPageWrites: 'off', synchronousCommit: 'off' }],
    ['ok', 'on', judgeDurability, { synchronousCommit: 'remote_apply' }],
    ['warn', 'shop is a superuser', judgeRole, { isSuperuser: true, bypassesRowSecurity: true }],
    ['warn', 'shop bypasses row-level security', judgeRole, { bypassesRowSecurity: true }],
    ['warn', 'not encrypted', judgeEncryption, { isEncrypted: false }],
    ['ok', 'on this machine', judgeEncryption, { isEncrypted: false, isLocal: true }],
  ] as const)('says %s: %s', (status, found, judge, facts) => {
    const diagnosis = judge({ ...server, ...facts })
    expect(diagnosis).toMatchObject({ status, found: expect.stringContaining(found) })
    expect(diagnosis.fix === null).toBe(status === 'ok')
  })

  it.each([
    [0, 'ok', '0.0 s'],
    [4_999, 'ok', '5.0 s'],
    [-4_999, 'ok', '5.0 s'],
    [5_000, 'warn', 'this machine is 5.0 s behind the server'],
    [-61_000, 'warn', 'this machine is 61.0 s ahead of the server'],
  ])('judges a clock that differs by %d ms', (differenceMs, status, found) => {
    expect(judgeClock(differenceMs)).toMatchObject({ status, found: expect.stringContaining(found) })
  })
})
