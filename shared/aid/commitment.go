package aid

import (
	"slices"
	"strings"
	"time"
)

// State is where a commitment stands in its life.
type State string

// The states of a commitment. Only those after Submitted and before an end
// hold a promise.
const (
	Submitted State = "submitted" // sent, channel not proven; holds nothing
	Pledged   State = "pledged"   // quantity reserved, 2×24 h clock runs
	Contacted State = "contacted" // the two sides have spoken
	Scheduled State = "scheduled" // and agreed on a day
	Signed    State = "signed"    // the statement is signed; a delivery may be reported
	Delivered State = "delivered" // reported by the collaborator, not all of it confirmed
	Received  State = "received"  // all of it confirmed by the steward
	Disputed  State = "disputed"  // the two sides differ about a delivery
	Lapsed    State = "lapsed"    // no contact in time
	Withdrawn State = "withdrawn"
	Dropped   State = "dropped" // never verified
)

// States lists every state in the order of a life, the ends last.
var States = []State{Submitted, Pledged, Contacted, Scheduled, Signed, Delivered, Disputed, Received, Lapsed, Withdrawn, Dropped}

// Counts tells whether a commitment in this state stands in any published
// total.
func (s State) Counts() bool {
	switch s {
	case Pledged, Contacted, Scheduled, Signed, Delivered, Received, Disputed:
		return true
	}
	return false
}

// Role is on whose behalf a commitment moves.
type Role string

// The roles that move commitments.
const (
	Collaborator Role = "collaborator"
	Steward      Role = "steward"
	Officer      Role = "officer"
	Clock        Role = "clock" // time alone
)

// Move is what someone does to a commitment.
type Move string

// The moves.
const (
	Verify   Move = "verify"    // prove the channel; reserves what is promised
	Speak    Move = "contacted" // say that the two sides have spoken (S-106)
	Silent   Move = "silent"    // say that the steward does not answer
	Renew    Move = "renew"     // ask for another 2×24 h, once
	Schedule Move = "schedule"  // agree on the day
	Sign     Move = "sign"      // sign the statement (S-102)
	Report   Move = "report"    // report a delivery (S-114)
	Receive  Move = "receive"   // confirm what of a delivery was received
	Settle   Move = "settle"    // end a dispute about a delivery
	Release  Move = "release"   // deliver no more: the rest remains again
	Withdraw Move = "withdraw"  // take it back before anything was delivered
	Lapse    Move = "lapse"     // no contact in time
	Drop     Move = "drop"      // never verified
	Remind   Move = "remind"    // a reminder is due
	Forget   Move = "forget"    // personal data goes, the public fact stays

	// What people in an office do to what is there, wherever the life stands.
	Hide    Move = "hide"    // a name or a text is not shown
	Show    Move = "show"    // and is again
	Correct Move = "correct" // two of them set right what had been agreed on
)

// next is the state machine: which move leads from which state to which. What a
// delivery leads to depends on its quantities too, see outcome.
var next = map[State]map[Move]State{
	Submitted: {Verify: Pledged, Withdraw: Withdrawn, Drop: Dropped},
	Pledged:   {Speak: Contacted, Silent: Pledged, Renew: Pledged, Sign: Signed, Withdraw: Withdrawn, Lapse: Lapsed, Remind: Pledged},
	Contacted: {Schedule: Scheduled, Sign: Signed, Withdraw: Withdrawn, Remind: Contacted},
	Scheduled: {Schedule: Scheduled, Sign: Signed, Withdraw: Withdrawn, Remind: Scheduled},
	Signed: {Speak: Signed, Silent: Signed, Renew: Signed, Schedule: Signed, Report: Delivered, Receive: Received,
		Withdraw: Withdrawn, Release: Received, Lapse: Lapsed, Remind: Signed},
	Delivered: {Speak: Delivered, Schedule: Delivered, Report: Delivered, Receive: Received, Release: Delivered, Remind: Delivered, Forget: Delivered},
	Disputed:  {Speak: Disputed, Schedule: Disputed, Report: Disputed, Receive: Received, Settle: Received, Release: Disputed, Remind: Disputed, Forget: Disputed},
	Received:  {Receive: Received, Forget: Received},
	// A delivery that was made counts even if the clock was faster than its report.
	Lapsed:    {Renew: Pledged, Report: Delivered, Receive: Received, Forget: Lapsed},
	Withdrawn: {Forget: Withdrawn},
	Dropped:   {Forget: Dropped},
}

// movesOf lists who may make which moves. Officers also act for a steward who
// cannot, naming the signed BAST as evidence.
var movesOf = map[Role][]Move{
	Collaborator: {Verify, Speak, Silent, Renew, Schedule, Sign, Report, Settle, Release, Withdraw},
	Steward:      {Speak, Receive},
	Officer:      {Speak, Schedule, Receive, Settle, Withdraw, Release},
	Clock:        {Lapse, Drop, Remind, Forget},
}

// Allows tells whether the commitment as it stands allows a move to anybody.
func (c Commitment) Allows(m Move) bool {
	for by := range movesOf {
		if c.allows(m, by) {
			return true
		}
	}
	return false
}

// allows tells whether the commitment as it stands allows a move to a role.
func (c Commitment) allows(m Move, by Role) bool {
	switch m {
	case Hide, Show:
		return by == Officer && c.State != Submitted && c.State != Dropped && c.Version < MaxVersion
	case Correct:
		return by == Officer && c.correctable()
	}
	if _, ok := next[c.State][m]; !ok || !slices.Contains(movesOf[by], m) {
		return false
	}
	switch m {
	case Speak, Lapse:
		return c.ContactedAt.IsZero()
	case Silent:
		return c.ContactedAt.IsZero() && c.SilentAt.IsZero()
	case Renew:
		return c.ContactedAt.IsZero() && !c.Renewed && c.ForgottenAt.IsZero()
	case Sign:
		return c.SignedAt.IsZero()
	case Schedule:
		return !c.ContactedAt.IsZero() && some(c.Outstanding()) && c.Version < MaxVersion
	case Report:
		return c.takesDelivery()
	case Receive:
		return c.takesDelivery() || slices.ContainsFunc(c.Deliveries, func(d Delivery) bool { return c.answerable(d, strongest[by]) })
	case Settle:
		return slices.ContainsFunc(c.Deliveries, Delivery.Open)
	case Release:
		return len(c.Deliveries) > 0 && some(c.Outstanding())
	case Withdraw:
		return len(c.Deliveries) == 0
	case Forget:
		return c.ForgottenAt.IsZero() && !some(c.Outstanding())
	}
	return true
}

// Allowed lists what a role may do now, sorted. Nil is nothing.
func (c Commitment) Allowed(by Role) []Move {
	var moves []Move
	for _, m := range movesOf[by] {
		if c.allows(m, by) {
			moves = append(moves, m)
		}
	}
	slices.Sort(moves)
	return moves
}

// allow refuses a move that the commitment as it stands, or the role, does not
// allow. The *StateError names what is allowed instead.
func (c Commitment) allow(m Move, by Role) error {
	if c.allows(m, by) {
		return nil
	}
	return &StateError{State: c.State, Allowed: c.Allowed(by)}
}

// Period is the days within which a collaborator promises to deliver, both
// included.
type Period struct {
	From Day `json:"from"`
	To   Day `json:"to"`
}

// Appointment is the day, and if both wish the hours, that the two sides agreed
// on. The zero Appointment is none.
type Appointment struct {
	On   Day    `json:"on"`
	From string `json:"from,omitempty"` // "09:00"
	To   string `json:"to,omitempty"`
}

// Line is one thing promised: units of a need, or free aid outside any need.
type Line struct {
	Need       NeedID    // empty for a free line
	Package    PackageID // empty for a free line
	Quantity   int64
	Unit       string
	Equivalent string // what is given instead, "atau bentuk lain yang setara" (S-086)
	Free       string // description of aid outside any need line (S-080)
	Value      Rupiah // quantity × reference price that day, or the collaborator's estimate
	Estimated  bool   // Value is the collaborator's own estimate
}

// Event is one step of a commitment's life. Together they say how it stood at
// any instant, see [Commitment.AsOf].
type Event struct {
	At   time.Time
	Move Move
	By   Role
	// Delivery is which of the deliveries the step is about, from 1; 0 for none.
	Delivery int
	// Received is what that delivery stood at after the step: what the steward
	// confirmed, or both sides agreed on, of each line. Nil for a report.
	Received []int64
}

// Commitment is one collaborator's promise to one recipient, without anything
// private: contact, signature and secrets live apart.
type Commitment struct {
	ID           CommitmentID
	Recipient    RecipientID
	Leaf         Leaf
	Program      ProgramID
	Lines        []Line
	Period       Period
	Route        Route
	Aggregator   AggregatorID
	Pool         PoolID // of which it is a part; empty for a gift of its own
	Name         string // display name; empty when the collaborator chose "Hamba Allah"
	Class        Class
	Collaborator CollaboratorID
	Demo         bool
	// Salt is random and public as long as the name is: the public log names the
	// giver by a hash of both, which says nothing once the salt is gone.
	Salt string

	State       State
	Version     int64 // rises by one with every move
	SubmittedAt time.Time
	VerifyBy    time.Time
	PledgedAt   time.Time // zero until pledged
	ContactBy   time.Time // end of the 2×24 h; zero until pledged
	ContactedAt time.Time // zero until the two sides have spoken
	SilentAt    time.Time // the steward was said not to answer
	Renewed     bool      // the one renewal is used
	Schedule    Appointment
	SignedAt    time.Time
	Letter      string // fingerprint of the signed statement, "sha256-…"
	Deliveries  []Delivery
	ReleasedAt  time.Time // no more will be delivered
	EndedAt     time.Time // received, withdrawn, lapsed or dropped
	Reason      string    // of a withdrawal or release: a slug, never free text
	ForgottenAt time.Time // personal data is gone
	// DueAt is the next instant at which time alone changes the commitment; zero
	// when it never does.
	DueAt time.Time
	// Told lists the reminders that were sent.
	Told []LetterKind
	// NameHidden and TextsHidden say what an office hid: the name, and what was
	// written beside these lines, from 0. It is kept apart.
	NameHidden  bool
	TextsHidden []int
	// Log holds every step but reminders and what was hidden, oldest first.
	Log []Event
}

// HambaAllah is the name shown for a collaborator who wants none shown.
const HambaAllah = "Hamba Allah"

// DisplayName returns the public name of the giver.
func (c Commitment) DisplayName() string {
	if c.Name == "" {
		return HambaAllah
	}
	return c.Name
}

// MaxVersion bounds what could be repeated without end: from this version on no
// other day is agreed on and no answer is changed. An honest life takes a dozen
// moves; a commitment is one item of at most 400 KB. What leads to an end stays
// possible, or a promise and personal data could be kept for ever.
const MaxVersion = 200

// moved ends every move: the version rises, the step is remembered, and the
// next deadline is found. It copies what it appends to, so that the commitment
// before the move stays as it was.
func (c Commitment) moved(m Move, by Role, now time.Time, cat *Catalogue) Commitment {
	return c.movedAbout(m, by, 0, nil, now, cat)
}

// movedAbout is moved for a step about a delivery.
func (c Commitment) movedAbout(m Move, by Role, delivery int, received []int64, now time.Time, cat *Catalogue) Commitment {
	c.Version++
	if m != Remind && m != Hide && m != Show { // nobody needs to be told what was hidden
		c.Log = append(slices.Clone(c.Log), Event{At: now, Move: m, By: by, Delivery: delivery, Received: received})
	}
	c.DueAt = c.due(cat)
	return c
}

// Verified returns the commitment after its channel was proven at instant now:
// pledged, with the 2×24 h clock running (S-106). A submission whose time ran
// out wraps ErrExpired; so does one through an aggregator whose permit ended
// meanwhile. One through an aggregator that was frozen is an *InvalidError.
func (c Commitment) Verified(now time.Time, cat *Catalogue) (Commitment, error) {
	if err := c.allow(Verify, Collaborator); err != nil {
		return c, err
	}
	if !now.Before(c.VerifyBy) {
		return c, ErrExpired
	}
	if c.Route == Aggregate {
		carrier, today := cat.Aggregators[c.Aggregator], DayOf(now, cat.Zone)
		switch carrier.Refuses(today, today) {
		case "frozen":
			return c, &InvalidError{Fields: []Field{*carrier.refusal("/aggregator", today, today)}}
		case "permit":
			return c, ErrExpired
		}
	}
	c.State = Pledged
	c.PledgedAt = now
	c.ContactBy = now.Add(hours(cat.Limits.ContactHours))
	return c.moved(Verify, Collaborator, now, cat), nil
}

// Spoken returns the commitment after by, the collaborator or the steward, said
// at instant now that the two sides have spoken: the 2×24 h clock stops. Said
// again, by whichever side, it changes nothing.
func (c Commitment) Spoken(by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	if c.State.Counts() && !c.ContactedAt.IsZero() {
		return c, nil
	}
	if err := c.allow(Speak, by); err != nil {
		return c, err
	}
	c.State = next[c.State][Speak]
	c.ContactedAt = now
	return c.moved(Speak, by, now, cat), nil
}

// Unanswered returns the commitment after its collaborator said at instant now
// that the steward does not answer: the promise is kept for another 2×24 h,
// once. Said again it changes nothing.
func (c Commitment) Unanswered(now time.Time, cat *Catalogue) (Commitment, error) {
	if c.State.Counts() && !c.SilentAt.IsZero() {
		return c, nil
	}
	if err := c.allow(Silent, Collaborator); err != nil {
		return c, err
	}
	c.SilentAt = now
	c = c.extended(cat)
	return c.moved(Silent, Collaborator, now, cat), nil
}

// RenewedAt returns the commitment with another 2×24 h for the contact. One
// renewal is allowed, before the clock ran out or after: a lapsed commitment is
// pledged again, if what it promised still remains.
func (c Commitment) RenewedAt(now time.Time, cat *Catalogue) (Commitment, error) {
	if c.State.Counts() && c.Renewed {
		return c, nil
	}
	if err := c.allow(Renew, Collaborator); err != nil {
		return c, err
	}
	c.Renewed = true
	if c.State == Lapsed {
		c.ContactBy, c.EndedAt = now, time.Time{}
	}
	c.State = next[c.State][Renew]
	if !c.SignedAt.IsZero() {
		c.State = Signed
	}
	c = c.extended(cat)
	return c.moved(Renew, Collaborator, now, cat), nil
}

// extended gives the contact another 2×24 h, with its reminders.
func (c Commitment) extended(cat *Catalogue) Commitment {
	c.ContactBy = c.ContactBy.Add(hours(cat.Limits.ContactHours))
	c.Told = untold(c.Told, LetterNudge, LetterLastNudge)
	return c
}

// untold returns told without the reminders that may be due again.
func untold(told []LetterKind, again ...LetterKind) []LetterKind {
	return slices.DeleteFunc(slices.Clone(told), func(k LetterKind) bool { return slices.Contains(again, k) })
}

// ScheduledFor returns the commitment with the agreed day. Another day replaces
// it; the same again changes nothing. A day in the past, or further off than a
// region plans, is refused with *InvalidError.
func (c Commitment) ScheduledFor(a Appointment, by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	if c.State.Counts() && c.Schedule == a && a.On != "" {
		return c, nil
	}
	k := checker{cat: cat, today: DayOf(now, cat.Zone)}
	k.appointment(a)
	if len(k.fields) > 0 {
		return c, &InvalidError{Fields: k.fields}
	}
	if err := c.allow(Schedule, by); err != nil {
		return c, err
	}
	c.State = next[c.State][Schedule]
	c.Schedule = a
	c.Told = untold(c.Told, LetterReportDue, LetterOverdue)
	return c.moved(Schedule, by, now, cat), nil
}

func (c *checker) appointment(a Appointment) {
	if c.day("/on", a.On) {
		if a.On < c.today {
			c.wrong("/on", "past", "today is %s", c.today)
		}
		if last := c.today.Plus(c.cat.Limits.MaxLeadDays + c.cat.Limits.MaxPeriodDays); a.On > last {
			c.wrong("/on", "too_large", "not after %s", last)
		}
	}
	from, fromOK := clock(a.From)
	to, toOK := clock(a.To)
	if !fromOK {
		c.wrong("/from", "time", "want HH:MM")
	}
	if !toOK {
		c.wrong("/to", "time", "want HH:MM")
	}
	if fromOK && toOK && (a.From == "") != (a.To == "") {
		c.wrong("/to", "required", "from and to, or neither")
	} else if fromOK && toOK && a.From != "" && !from.Before(to) {
		c.wrong("/to", "order", "before it begins")
	}
}

// clock reads "09:00"; the empty text is no hour.
func clock(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, err := time.Parse("15:04", s)
	return t, err == nil && len(s) == len("15:04")
}

// SignedAs returns the commitment after its statement was signed at instant now
// (S-102). fingerprint is that of the frozen statement. Signed again, it
// changes nothing, and the first fingerprint stands.
func (c Commitment) SignedAs(fingerprint string, now time.Time, cat *Catalogue) (Commitment, error) {
	if c.State.Counts() && !c.SignedAt.IsZero() {
		return c, nil
	}
	if err := c.allow(Sign, Collaborator); err != nil {
		return c, err
	}
	c.State = Signed
	c.SignedAt, c.Letter = now, fingerprint
	return c.moved(Sign, Collaborator, now, cat), nil
}

// WithdrawReasons are the reasons a person may choose from. Free text would
// have to be read by someone before it is published.
var WithdrawReasons = []string{"changed_plan", "cannot_deliver", "duplicate", "wrong_place", "other"}

// WithdrawnFor returns the commitment after it was taken back at instant now.
// Once something was delivered, only the rest can be taken back: it remains
// again, and what was delivered stays as it is. The same again changes nothing.
func (c Commitment) WithdrawnFor(reason string, by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	if (c.State == Withdrawn || !c.ReleasedAt.IsZero()) && c.Reason == reason {
		return c, nil
	}
	if !slices.Contains(WithdrawReasons, reason) {
		return c, &InvalidError{Fields: []Field{{Pointer: "/reason", Code: "unknown", Detail: "unknown reason"}}}
	}
	if len(c.Deliveries) > 0 {
		if err := c.allow(Release, by); err != nil {
			return c, err
		}
		c.ReleasedAt, c.Reason = now, reason
		c = c.outcome(now)
		return c.moved(Release, by, now, cat), nil
	}
	if err := c.allow(Withdraw, by); err != nil {
		return c, err
	}
	c.State, c.EndedAt, c.Reason = Withdrawn, now, reason
	return c.moved(Withdraw, by, now, cat), nil
}

// Forgotten returns the commitment without its giver's name, as it stands after
// their personal data were erased. Only a commitment of which nothing is still
// to be delivered may be forgotten; others are withdrawn, or their rest is
// released, first. What was reported may still be answered, and nothing more
// will be delivered.
func (c Commitment) Forgotten(by Role, now time.Time, cat *Catalogue) (Commitment, error) {
	if !c.ForgottenAt.IsZero() {
		return c, nil
	}
	if !c.Allows(Forget) {
		return c, &StateError{State: c.State, Allowed: c.Allowed(by)}
	}
	c.ForgottenAt = now
	if by == Collaborator {
		// Asked for by the person: the name goes as well. What time alone forgets is
		// the contact; a public name stays part of the public fact.
		c.Name, c.Salt = "", ""
	}
	return c.moved(Forget, by, now, cat), nil
}

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// Number is the short name people say on the phone: "K-7F3Q-21XA". It is
// derived from the id and identifies, it proves nothing.
func (id CommitmentID) Number() string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford: no I, L, O, U
	var bits uint64
	for _, r := range string(id) {
		switch {
		case r >= '0' && r <= '9':
			bits = bits<<4 | uint64(r-'0')
		case r >= 'a' && r <= 'f':
			bits = bits<<4 | uint64(r-'a'+10)
		}
	}
	out := []byte("K-0000-0000")
	for _, i := range []int{10, 9, 8, 7, 5, 4, 3, 2} {
		out[i] = letters[bits&31]
		bits >>= 5
	}
	return string(out)
}

// CleanNumber reads a commitment's number as people write it: in small letters,
// with or without "K" and hyphens, O for 0, I or L for 1. It returns false for
// what cannot be one.
func CleanNumber(typed string) (string, bool) {
	s := strings.ToUpper(strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r == '-' || r == ' ' || r == '.' }), ""))
	if len(s) == 9 {
		s = strings.TrimPrefix(s, "K")
	}
	s = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s)
	if len(s) != 8 || strings.Trim(s, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return "", false
	}
	return "K-" + s[:4] + "-" + s[4:], true
}
