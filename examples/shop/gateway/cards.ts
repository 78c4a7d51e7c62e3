/** Why a bank says no. */
export interface Decline {
  readonly code: string
  readonly declineCode?: string
  readonly message: string
}

const declined: Decline = { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' }

/** Stripe's own test cards, by the ids that its documentation gives them. */
const cards: Readonly<Record<string, Decline | 'accepted'>> = {
  pm_card_visa: 'accepted',
  pm_card_mastercard: 'accepted',
  pm_card_visa_chargeDeclined: declined,
  pm_card_visa_chargeDeclinedInsufficientFunds: {
    ...declined,
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  pm_card_chargeDeclinedExpiredCard: { code: 'expired_card', message: 'Your card has expired.' },
  pm_card_chargeDeclinedIncorrectCvc: { code: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  pm_card_chargeDeclinedProcessingError: {
    code: 'processing_error',
    message: 'An error occurred while processing your card.',
  },
}

/** What the bank says to a card; `undefined` when there is no such card. */
export function askBank(paymentMethod: string): Decline | 'accepted' | undefined {
  return Object.hasOwn(cards, paymentMethod) ? cards[paymentMethod] : undefined
}
