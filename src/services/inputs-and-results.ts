export type {
  Authenticated,
  AuthenticateInput,
  AuthenticateResult,
  AuthenticationRefused,
  CallerRefused,
  RefusedCaller,
} from './access/authenticate.js'
export type { AuthenticateAdminInput, AuthenticateAdminResult } from './access/authenticate-admin.js'
export type { AuthorizationRefused, Authorized, AuthorizeResult } from './access/authorize.js'
export type { AuthorizeInput } from './access/authorize-input.js'
export type { ApiKeyPrincipal, Principal, SessionPrincipal } from './access/principal.js'
export type { AccessSubject } from './access/validate-account-and-plan.js'
export type {
  AccountStatusResult,
  CancelAccountInput,
  ReinstateAccountInput,
  SuspendAccountInput,
} from './accounts/change-account-status.js'
export type { GetAccountInput, GetAccountResult } from './accounts/get-account.js'
export type { RegisterTrialInput, RegisterTrialResult } from './accounts/register-trial.js'
export type { SetAccountThrottlesInput, SetAccountThrottlesResult } from './accounts/set-account-throttles.js'
export type { CreateApiKeyInput, CreateApiKeyResult } from './api-keys/create-api-key.js'
export type { ListApiKeysInput, ListApiKeysResult } from './api-keys/list-api-keys.js'
export type { RevokeApiKeyInput, RevokeApiKeyResult } from './api-keys/revoke-api-key.js'
export type { RotateApiKeyInput } from './api-keys/rotate-api-key.js'
export type { ListAuditEntriesInput, ListAuditEntriesResult } from './audit/list-audit-entries.js'
export type { VerifyBooksInput, VerifyBooksProgress, VerifyBooksResult } from './books/verify-books.js'
export type { AdjustCreditsInput, AdjustCreditsResult } from './credits/adjust-credits.js'
export type { CreditBalanceInput, CreditBalanceResult } from './credits/credit-balance.js'
export type {
  ReleaseReservationInput,
  ReleaseReservationResult,
  SettleReservationInput,
  SettleReservationResult,
} from './credits/end-reservation.js'
export type { GrantCreditsInput, GrantCreditsResult } from './credits/grant-credits.js'
export type { ListCreditEntriesInput, ListCreditEntriesResult } from './credits/list-credit-entries.js'
export type { RefundCreditsInput, RefundCreditsResult } from './credits/refund-credits.js'
export type { CreditResult } from './credits/replay.js'
export type { ReservationResult, ReserveCreditsInput, ReserveCreditsResult } from './credits/reserve-credits.js'
export type { SpendCreditsInput, SpendCreditsResult } from './credits/spend-credits.js'
export type { DeliverEventsInput, DeliverEventsResult } from './events/deliver-events.js'
export type { ListEventsInput, ListEventsResult } from './events/list-events.js'
export type { PruneEventsInput, PruneEventsResult } from './events/prune-events.js'
export type { RetryEventInput, RetryEventResult } from './events/retry-event.js'
export type { RunDueInput, RunDueReport, RunDueResult } from './lifecycle/run-due.js'
export type { Page } from './page.js'
export type { ConfirmBankTransferInput, ConfirmBankTransferResult } from './payments/confirm-bank-transfer.js'
export type { ListPaymentsInput, ListPaymentsResult } from './payments/list-payments.js'
export type { RejectBankTransferInput, RejectBankTransferResult } from './payments/reject-bank-transfer.js'
export type { RequestBankTransferInput, RequestBankTransferResult } from './payments/request-bank-transfer.js'
export type { SubmitBankTransferInput, SubmitBankTransferResult } from './payments/submit-bank-transfer.js'
export type { ListPlansInput, ListPlansResult } from './plans/list-plans.js'
export type { SetPlanActiveInput, SetPlanActiveResult } from './plans/set-plan-active.js'
export type { SyncPlansResult } from './plans/sync-plans.js'
export type { GetReceiptInput, GetReceiptResult } from './receipts/get-receipt.js'
export type { ListReceiptsInput, ListReceiptsResult } from './receipts/list-receipts.js'
export type { ChangePasswordInput, ChangePasswordResult } from './sessions/change-password.js'
export type { CreateAdminInput, CreateAdminResult } from './sessions/create-admin.js'
export type { LoginInput, LoginResult } from './sessions/login.js'
export type { LogoutInput, LogoutResult } from './sessions/logout.js'
export type { RevokeSessionsInput, RevokeSessionsResult } from './sessions/revoke-sessions.js'
export type { SettingsInput } from './settings.js'
export type { CancelSubscriptionInput, ResumeSubscriptionInput, SubscriptionResult } from './subscriptions/cancel-subscription.js'
export type { ChangePlanInput, PreviewPlanChangeInput } from './subscriptions/change-plan.js'
export type { PlanChangeMoment, PlanChangeResult } from './subscriptions/plan-change-decision.js'
export type { ThrottleInput } from './throttling/throttle.js'
export type { ThrottleBudget, ThrottleResult } from './throttling/throttle-result.js'
export type { UsageReportInput, UsageReportResult } from './usage/usage-report.js'
