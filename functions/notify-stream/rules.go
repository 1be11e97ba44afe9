package main

import (
	"slices"
	"time"

	"ksbb/shared/aid"
)

// reader is whom a letter is for.
type reader int

const (
	collaborator reader = iota
	steward
	office
)

// rule says whom a kind of letter is for, and when it still says something
// true: a code that can be entered, a question that nobody has answered.
type rule struct {
	to reader
	// giver says that the letter tells the collaborator's contact.
	giver bool
	// delivery tells since when, if at all, the letter can be about a delivery;
	// nil for letters that are about none.
	delivery func(aid.Delivery) (since time.Time, ok bool)
	due      func(matter) bool
}

// matter is what a rule decides on.
type matter struct {
	letter     aid.Letter
	commitment aid.Commitment
	permit     aid.Permit // of the body that carries the goods
	today      aid.Day
	now        time.Time
}

var rules = map[aid.LetterKind]rule{
	aid.LetterCode: {to: collaborator, due: func(m matter) bool {
		return m.commitment.State == aid.Submitted && m.now.Before(m.commitment.VerifyBy)
	}},
	aid.LetterPledged:   {to: collaborator, due: counts},
	aid.LetterLink:      {to: collaborator, due: always},
	aid.LetterNudge:     {to: collaborator, due: contactAwaited},
	aid.LetterLastNudge: {to: collaborator, due: contactAwaited},
	aid.LetterLapsed:    {to: collaborator, due: lapsed},
	aid.LetterSigned: {to: collaborator, due: func(m matter) bool {
		return !m.commitment.SignedAt.IsZero() && outstanding(m)
	}},
	aid.LetterReportDue: {to: collaborator, due: deliveryOverdue},
	aid.LetterOverdue:   {to: collaborator, due: deliveryOverdue},
	aid.LetterPermit: {to: collaborator, due: func(m matter) bool {
		return m.commitment.Route == aid.Aggregate && !m.permit.Valid(m.today) && outstanding(m)
	}},
	aid.LetterReceived: {to: collaborator, due: always, delivery: func(d aid.Delivery) (time.Time, bool) {
		since := d.AnsweredAt
		if d.SettledAt.After(since) {
			since = d.SettledAt
		}
		return since, !d.Open() && slices.ContainsFunc(d.Received, positive)
	}},
	aid.LetterDisputed:  {to: collaborator, due: always, delivery: disputed},
	aid.LetterWithdrawn: {to: collaborator, due: takenBack},

	aid.LetterStewardPledged: {to: steward, giver: true, due: outstanding},
	aid.LetterStewardCall: {to: steward, giver: true, due: func(m matter) bool {
		spoken := m.commitment.ContactedAt
		return outstanding(m) && (spoken.IsZero() || spoken.Before(m.letter.At))
	}},
	aid.LetterStewardReported:  {to: steward, due: always, delivery: unanswered},
	aid.LetterAnswerDue:        {to: steward, due: always, delivery: unanswered},
	aid.LetterStewardLapsed:    {to: steward, due: lapsed},
	aid.LetterStewardWithdrawn: {to: steward, due: takenBack},
	aid.LetterStewardReceipt: {to: steward, due: always, delivery: func(d aid.Delivery) (time.Time, bool) {
		return d.AnsweredAt, d.Answer != "" && d.SettledAt.IsZero() && (d.Via == aid.ViaHandover || d.Via == aid.ViaBAST)
	}},

	// Whether the steward is still silent takes all commitments of a recipient to
	// tell: see silence.
	aid.LetterOfficeSilent:  {to: office, due: always},
	aid.LetterOfficeOverdue: {to: office, due: deliveryOverdue},
	aid.LetterOfficeDispute: {to: office, due: always, delivery: disputed},
}

func always(matter) bool        { return true }
func counts(m matter) bool      { return m.commitment.State.Counts() }
func lapsed(m matter) bool      { return m.commitment.State == aid.Lapsed }
func positive(n int64) bool     { return n > 0 }
func outstanding(m matter) bool { return slices.ContainsFunc(m.commitment.Outstanding(), positive) }
func contactAwaited(m matter) bool {
	return m.commitment.Allows(aid.Lapse) && m.now.Before(m.commitment.ContactBy)
}
func deliveryOverdue(m matter) bool {
	return outstanding(m) && m.today > max(m.commitment.Period.To, m.commitment.Schedule.On)
}
func takenBack(m matter) bool {
	return m.commitment.State == aid.Withdrawn || !m.commitment.ReleasedAt.IsZero()
}

func unanswered(d aid.Delivery) (time.Time, bool) { return d.ReportedAt, d.Answer == "" }
func disputed(d aid.Delivery) (time.Time, bool)   { return d.AnsweredAt, d.Open() }

// sameMoment is how far apart a move and what it changed may be stamped.
const sameMoment = time.Second

// about returns the delivery that a letter is about: the one that the letter's
// own move reported, answered or settled. An answer that was replaced since has
// a letter of its own. The reminder to answer is about the oldest that waits.
func (r rule) about(m matter) (aid.Delivery, bool) {
	nearest, found := sameMoment, aid.Delivery{}
	for _, d := range m.commitment.Deliveries {
		since, ok := r.delivery(d)
		if !ok {
			continue
		}
		if m.letter.Kind == aid.LetterAnswerDue {
			return d, true
		}
		if apart := since.Sub(m.letter.At).Abs(); apart < nearest {
			nearest, found = apart, d
		}
	}
	return found, found.ID != ""
}
