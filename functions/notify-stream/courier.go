package main

import (
	"context"
	"errors"
	"fmt"

	"ksbb/shared/aid"
	"ksbb/shared/mail"
	"ksbb/shared/table"
)

// courier carries letters over one channel: mail today, another service by
// another courier.
type courier interface {
	// Reaches tells whether the channel leads to somebody.
	Reaches(aid.Contact) bool
	// Carry hands a letter over. After an error it may have arrived all the same.
	Carry(context.Context, aid.Contact, mail.Message) error
}

// courierFor returns the first channel that leads to somebody, and false when
// none does. Then people carry the word: the collaborator's page hands it to
// the steward as a ready message ("click to chat"), an officer by telephone.
func (s *server) courierFor(to aid.Contact) (courier, bool) {
	for _, c := range s.couriers {
		if c.Reaches(to) {
			return c, true
		}
	}
	return nil, false
}

// Reasons for which a letter is not sent.
var (
	errNotDue    = errors.New("no longer due")
	errUnwanted  = errors.New("reminders are not wanted")
	errNoChannel = errors.New("no channel: handed over by people")
	errEnough    = errors.New("enough letters for a day")
)

// Budgets of letters, each per day.
const (
	budgetOfLetters = "letter" // to one person
	budgetOfProofs  = "code"   // that prove a channel, to one address
	budgetOfTries   = "letter-try"
)

// budget is what a letter is charged to. The zero budget is none.
type budget struct {
	kind, id string
	limit    int
}

// charge counts a letter to its reader's budget of the day, and refuses with
// errEnough when that is used up. A letter that is tried again was counted
// before: a mail service that is down for an hour must not use up the budget.
func (s *server) charge(ctx context.Context, k table.LetterKey, l aid.Letter, b budget) error {
	if b.kind == "" {
		return nil
	}
	var used *aid.QuotaError
	err := s.outbox.Spend(ctx, budgetOfTries, k.PK+" "+k.SK, aid.DayOf(l.At, s.pack.Zone), 1)
	if errors.As(err, &used) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("count try: %w", err)
	}
	err = s.outbox.Spend(ctx, b.kind, b.id, aid.DayOf(s.now(), s.pack.Zone), b.limit)
	if errors.As(err, &used) {
		return errEnough
	}
	return err
}
