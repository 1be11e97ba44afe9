package tabletest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Claims about the life of a commitment after its pledge, and about what stands
// around it.
var lifeClaims = []claim{
	{"AWholeLifeIsKeptStepByStep", wholeLife},
	{"LapseGivesBackAndRenewalTakesAgain", lapseAndRenewal},
	{"DeliveryBeatsALapseIfItStillFits", deliveryAfterLapse},
	{"TwoMovesToOneVersionDecideForTheFirst", firstMoveDecides},
	{"RemindersWakeNoPublisher", reminders},
	{"ProofAndSignatureNeedTheirCredential", credentialNeeded},
	{"ForgettingRemovesThePrivateSide", forgetting},
	{"WhatAPersonForgetsIsMoreThanWhatTimeForgets", forgottenTwice},
	{"DroppingRemovesThePrivateSide", dropping},
	{"PostedLettersAreSentOnce", posted},
	{"ANumberLeadsToItsCommitment", numbers},
	{"EvidenceIsJudgedOnce", evidenceJudged},
	{"HistoryIsCommitmentsWithTheirEvidence", history},
	{"WhatIsDueIsFound", due},
	{"ALinkThatIsReplacedStaysReplaced", access},
	{"ConfirmedNeedKeepsWhatIsPromised", needConfirmed},
	{"ANeedRemembersHowMuchWasNeeded", levels},
	{"ANeedRemembersNoMoreThanItMust", levelsBounded},
	{"LoadingKeepsWhatPeopleDid", loadKeeps},
	{"LooksAreRemembered", looks},
	{"CountsOfADayNeverPassTheirLimit", spending},
	{"TriesAreTakenBeforeTheyAreGivenBack", tries},
	{"ReminderIsAChoice", reminderChoice},
	{"WhatNobodyMadeIsNotThere", nothingThere},
}

// storyteller moves one commitment and checks what every move must do.
type storyteller struct {
	t   *testing.T
	s   Store
	c   aid.Commitment
	now time.Time
}

// tell begins with a pledge.
func tell(t *testing.T, s Store, n int, lines ...aid.Line) *storyteller {
	t.Helper()
	c := pledged(t, s, n, lines...)
	return &storyteller{t, s, c, c.PledgedAt.Add(time.Hour)}
}

// then makes a move whose result was decided before, twice, and reads what is
// stored.
func (s *storyteller) then(m aid.Move, after aid.Commitment, err error, letters ...aid.LetterKind) *storyteller {
	s.t.Helper()
	must(s.t, err)
	change := table.Change{Move: m, Before: s.c, After: after, At: s.now, Letters: letters}
	if m == aid.Sign {
		change.SignedBy = "Budi Contoh, S.H."
	}
	if n := len(after.Deliveries); m == aid.Report && n > 0 {
		change.Note = table.Note{Delivery: after.Deliveries[n-1].ID, Text: "dititipkan di pos " + string(after.Deliveries[n-1].ID)}
	}
	for range 2 {
		must(s.t, s.s.Move(s.t.Context(), change))
	}
	stored, err := s.s.Commitment(s.t.Context(), RW, after.ID)
	must(s.t, err)
	same(s.t, string(m), stored, after)
	for _, k := range letters {
		letter, err := s.s.Letter(s.t.Context(), table.LetterKeyOf(after.ID, after.Version, k))
		must(s.t, err)
		same(s.t, "letter", letter, aid.Letter{Commitment: after.ID, Recipient: RW, Kind: k, At: s.now})
	}
	s.c, s.now = after, s.now.Add(time.Hour)
	return s
}

func (s *storyteller) contacted() *storyteller {
	s.t.Helper()
	after, err := s.c.Spoken(aid.Steward, s.now, Catalogue())
	return s.then(aid.Speak, after, err)
}

func (s *storyteller) signed() *storyteller {
	s.t.Helper()
	after, err := s.c.SignedAs("sha256-feed", s.now, Catalogue())
	return s.then(aid.Sign, after, err, aid.LetterSigned)
}

func (s *storyteller) reported(id aid.DeliveryID, quantities ...int64) *storyteller {
	s.t.Helper()
	after, err := s.c.Reported(aid.DeliveryReport{ID: id, On: aid.DayOf(s.now, Catalogue().Zone), Quantities: quantities, Evidence: []aid.EvidenceID{"foto-1"}}, s.now, Catalogue())
	return s.then(aid.Report, after, err, aid.LetterStewardReported)
}

func (s *storyteller) received(id aid.DeliveryID, answer aid.Answer, quantities ...int64) *storyteller {
	s.t.Helper()
	after, err := s.c.ReceivedAs(aid.ReceiptAnswer{Delivery: id, Answer: answer, Quantities: quantities, Via: aid.ViaSteward}, s.now, Catalogue())
	return s.then(aid.Receive, after, err, aid.LetterReceived)
}

// lapsed waits until time has done all it does to a pledge.
func (s *storyteller) lapsed() *storyteller {
	s.t.Helper()
	s.now = s.c.ContactBy.Add(time.Hour)
	after, m, letters, ok := s.c.Elapsed(s.now, Catalogue())
	if !ok || m != aid.Lapse {
		s.t.Fatalf("at %v time makes %q", s.now, m)
	}
	return s.then(m, after, nil, letters...)
}

// needs fails unless sembako and lebaran of the RW stand so.
func needs(t testing.TB, s Store, sembako, lebaran aid.Counts) {
	t.Helper()
	p := place(t, s)
	for i, want := range []aid.Counts{lebaran, sembako} {
		if n := p.Needs[i]; (aid.Counts{Committed: n.Committed, Delivered: n.Delivered, Received: n.Received}) != want {
			t.Errorf("need %s stands at %d, %d, %d; want %+v", n.ID, n.Committed, n.Delivered, n.Received, want)
		}
	}
}

func wholeLife(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 10), Units("lebaran", 4), Gift(1000))
	rev := place(t, s).Activity.Rev
	silent, err := l.c.Unanswered(l.now, Catalogue())
	l.then(aid.Silent, silent, err, aid.LetterOfficeSilent)
	renewed, err := l.c.RenewedAt(l.now, Catalogue())
	l.then(aid.Renew, renewed, err)
	l.contacted()
	agreed, err := l.c.ScheduledFor(aid.Appointment{On: Today.Plus(3), From: "09:00", To: "11:00"}, aid.Collaborator, l.now, Catalogue())
	l.then(aid.Schedule, agreed, err)
	l.signed()
	credential, err := s.Credential(t.Context(), l.c.ID)
	must(t, err)
	same(t, "statement", credential.Statement, aid.Statement{SignedBy: "Budi Contoh, S.H.", At: l.c.SignedAt})
	needs(t, s, aid.Counts{Committed: 10}, aid.Counts{Committed: 4})

	l.reported("a", 6, 0, 5)
	needs(t, s, aid.Counts{Committed: 4, Delivered: 6}, aid.Counts{Committed: 4})
	note, err := s.NoteOf(t.Context(), l.c.ID, "a")
	must(t, err)
	same(t, "note", note, "dititipkan di pos a")
	l.received("a", aid.Fewer, 5, 0, 5)
	needs(t, s, aid.Counts{Committed: 5, Received: 5}, aid.Counts{Committed: 4})
	settled, err := l.c.SettledAs("a", nil, aid.Collaborator, l.now, Catalogue())
	l.then(aid.Settle, settled, err)
	l.reported("b", 2, 4, 0)
	needs(t, s, aid.Counts{Committed: 3, Delivered: 2, Received: 5}, aid.Counts{Delivered: 4})
	released, err := l.c.WithdrawnFor("cannot_deliver", aid.Collaborator, l.now, Catalogue())
	l.then(aid.Release, released, err, aid.LetterWithdrawn, aid.LetterStewardWithdrawn)
	needs(t, s, aid.Counts{Delivered: 2, Received: 5}, aid.Counts{Delivered: 4})
	l.received("b", aid.Full)
	needs(t, s, aid.Counts{Received: 7}, aid.Counts{Received: 4})

	// Eleven moves and the pledge before; what was returned can be promised again.
	got := place(t, s).Activity
	want := aid.Activity{Rev: rev + 11, Open: 1, Pledged: 1, FreeReceived: 1000, Hours: map[int]int64{3: 1}, UpdatedAt: l.now.Add(-time.Hour)}
	same(t, "activity", got, want)
	pledged(t, s, 2, Units("sembako", 93), Units("lebaran", 36))
	needs(t, s, aid.Counts{Committed: 93, Received: 7}, aid.Counts{Committed: 36, Received: 4})
}

func lapseAndRenewal(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 60), Gift(1000)).lapsed()
	needs(t, s, aid.Counts{}, aid.Counts{})
	if a := place(t, s).Activity; a.Open != 0 || a.Pledged != 1 || a.Lapsed != 1 || a.FreeCommitted != 0 {
		t.Errorf("after a lapse: %+v", a)
	}
	other := pledged(t, s, 2, Units("sembako", 50))
	renewed, err := l.c.RenewedAt(l.now, Catalogue())
	must(t, err)
	change := table.Change{Move: aid.Renew, Before: l.c, After: renewed, At: l.now}
	overRemaining(t, "Renew 60 of 50", s.Move(t.Context(), change), aid.NeedOf(RW, "sembako"), 50)
	stored, err := s.Commitment(t.Context(), RW, l.c.ID)
	must(t, err)
	same(t, "commitment after a refused renewal", stored, l.c)
	must(t, Withdraw(t.Context(), s, other, withdrawn(t, other, "other"), Noon))
	l.then(aid.Renew, renewed, nil)
	needs(t, s, aid.Counts{Committed: 60}, aid.Counts{})
	if a := place(t, s).Activity; a.Open != 1 || a.Lapsed != 0 {
		t.Errorf("after a renewal: %+v", a)
	}
}

func deliveryAfterLapse(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 60)).signed().lapsed()
	other := pledged(t, s, 2, Units("sembako", 100))
	report := aid.DeliveryReport{ID: "a", On: Today, Quantities: []int64{10}}
	after, err := l.c.Reported(report, l.now, Catalogue())
	must(t, err)
	change := table.Change{Move: aid.Report, Before: l.c, After: after, At: l.now}
	overRemaining(t, "Report on a place that others filled", s.Move(t.Context(), change), aid.NeedOf(RW, "sembako"), 0)
	must(t, Withdraw(t.Context(), s, other, withdrawn(t, other, "other"), Noon))
	l.then(aid.Report, after, nil)
	needs(t, s, aid.Counts{Committed: 50, Delivered: 10}, aid.Counts{})

	// Beside a lapse that is made at the same time, one of the two comes first;
	// then the report is made on what the lapse left.
	race := tell(t, s, 3, Units("sembako", 10)).signed()
	end, _, _, _ := race.c.Elapsed(race.c.ContactBy, Catalogue())
	first, err := race.c.Reported(report, race.now, Catalogue())
	must(t, err)
	answers := make([]error, 2)
	atOnce(t, 2, func(n int) error {
		change := table.Change{Move: aid.Lapse, Before: race.c, After: end, At: race.now}
		if n == 1 {
			change = table.Change{Move: aid.Report, Before: race.c, After: first, At: race.now}
		}
		answers[n] = s.Move(t.Context(), change)
		if answers[n] != nil && !errors.Is(answers[n], aid.ErrStale) {
			return answers[n]
		}
		return nil
	})
	if (answers[0] == nil) == (answers[1] == nil) {
		t.Fatalf("lapse %v, report %v; want one of them made", answers[0], answers[1])
	}
	if answers[1] != nil {
		second, err := end.Reported(report, race.now, Catalogue())
		must(t, err)
		must(t, s.Move(t.Context(), table.Change{Move: aid.Report, Before: end, After: second, At: race.now}))
	}
	needs(t, s, aid.Counts{Committed: 50, Delivered: 20}, aid.Counts{})
}

func firstMoveDecides(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 10)).contacted()
	before := l.c
	at := func(hour string) aid.Commitment {
		c, err := before.ScheduledFor(aid.Appointment{On: Today.Plus(3), From: hour, To: "12:00"}, aid.Collaborator, l.now, Catalogue())
		must(t, err)
		return c
	}
	move := func(m aid.Move, before, after aid.Commitment) error {
		return s.Move(t.Context(), table.Change{Move: m, Before: before, After: after, At: l.now, SignedBy: "Budi"})
	}
	nine := at("09:00")
	l.then(aid.Schedule, nine, nil)
	signed, err := before.SignedAs("sha256-1", l.now, Catalogue())
	must(t, err)
	for name, got := range map[string]error{
		"another hour":       move(aid.Schedule, before, at("10:00")),
		"a signature":        move(aid.Sign, before, signed),
		"a withdrawal":       move(aid.Withdraw, before, withdrawn(t, before, "other")),
		"from a newer state": move(aid.Schedule, bumped(nine), bumped(nine)),
	} {
		if got == nil {
			t.Errorf("%s was made beside the agreed day", name)
		} else if name != "from a newer state" && !errors.Is(got, aid.ErrStale) {
			t.Errorf("%s = %v; want it stale", name, got)
		}
	}
	l.signed()
	report := func(n int64) aid.Commitment {
		c, err := l.c.Reported(aid.DeliveryReport{ID: "a", On: Today, Quantities: []int64{n}}, l.now, Catalogue())
		must(t, err)
		return c
	}
	one, two := report(1), report(2)
	must(t, move(aid.Report, l.c, one))
	wants(t, "another report to the same version", move(aid.Report, l.c, two), aid.ErrStale)
	answer := func(a aid.Answer) aid.Commitment {
		c, err := one.ReceivedAs(aid.ReceiptAnswer{Delivery: "a", Answer: a, Via: aid.ViaHandover}, l.now, Catalogue())
		must(t, err)
		return c
	}
	must(t, move(aid.Receive, one, answer(aid.None)))
	wants(t, "another answer to the same version", move(aid.Receive, one, answer(aid.Full)), aid.ErrStale)
	must(t, move(aid.Report, l.c, one)) // the first, again, though much happened since
	needs(t, s, aid.Counts{Committed: 10}, aid.Counts{})
	other := answer(aid.None)
	other.Lines = []aid.Line{Units("sembako", 9)}
	if err := move(aid.Receive, one, other); err == nil || errors.Is(err, aid.ErrStale) {
		t.Errorf("a move that alters what was promised = %v", err)
	}
}

func reminders(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 10))
	before := place(t, s)
	l.now = l.c.PledgedAt.Add(24 * time.Hour)
	after, m, letters, _ := l.c.Elapsed(l.now, Catalogue())
	same(t, "letters", letters, []aid.LetterKind{aid.LetterNudge})
	l.then(m, after, nil, letters...)
	same(t, "place", place(t, s), before)
}

func credentialNeeded(t *testing.T, s Store) {
	listings := Listings()
	old := Submission(7, Units("sembako", 4)).Commitment // from before there were credentials
	early := Submission(8, Units("sembako", 4)).Commitment
	early.State, early.Version, early.PledgedAt, early.ContactBy = aid.Pledged, 2, Noon, Noon.Add(48*time.Hour)
	listings[0].History = []aid.Commitment{old, early}
	listings[0].Needs[0].Committed, listings[0].Activity.Open, listings[0].Activity.Pledged = 4, 1, 1
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	if r, id, err := s.Find(t.Context(), old.ID.Number()); r != old.Recipient || id != old.ID || err != nil {
		t.Errorf("by its number %s is %s at %s, %v", old.ID, id, r, err)
	}
	before := place(t, s)
	wants(t, "Verify without a credential", Pledge(t.Context(), s, old, verified(t, old), Noon), aid.ErrNotFound)
	after, err := early.SignedAs("sha256-1", Noon, Catalogue())
	must(t, err)
	change := table.Change{Move: aid.Sign, Before: early, After: after, At: Noon, SignedBy: "Budi", Letters: []aid.LetterKind{aid.LetterSigned}}
	wants(t, "Sign without a credential", s.Move(t.Context(), change), aid.ErrNotFound)
	same(t, "place", place(t, s), before)
	for _, c := range []aid.Commitment{old, early} {
		stored, err := s.Commitment(t.Context(), RW, c.ID)
		must(t, err)
		same(t, "commitment", stored, c)
		_, err = s.Letter(t.Context(), table.LetterKeyOf(c.ID, c.Version+1, aid.LetterSigned))
		wants(t, "letter of a refused move", err, aid.ErrNotFound)
		_, err = s.Credential(t.Context(), c.ID)
		wants(t, "credential after a refused move", err, aid.ErrNotFound)
	}
}

func forgetting(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 10)).signed().reported("a", 6).reported("b", 4)
	kept := tell(t, s, 2, Units("sembako", 10)).signed().reported("a", 6)
	r := reveal(1, "a", string(RW), "n")
	r.Limits.RevealsContact = 1
	must(t, s.Reveal(t.Context(), r))
	must(t, s.Reveal(t.Context(), r)) // shown is shown
	rev := place(t, s).Activity.Rev
	after, err := l.c.Forgotten(aid.Collaborator, l.now, Catalogue())
	l.then(aid.Forget, after, err)
	if got := place(t, s).Activity.Rev; got != rev+1 {
		t.Errorf("revision %d after a name went; want %d, so that it goes from what is published", got, rev+1)
	}
	_, err = s.Credential(t.Context(), l.c.ID)
	wants(t, "Credential", err, aid.ErrNotFound)
	for _, d := range []aid.DeliveryID{"a", "b"} {
		if note, err := s.NoteOf(t.Context(), l.c.ID, d); note != "" || err != nil {
			t.Errorf("note of %s = %q, %v; want it gone", d, note, err)
		}
	}
	if stored, err := s.Commitment(t.Context(), RW, l.c.ID); err != nil || stored.Name != "" || stored.Salt != "" {
		t.Errorf("name %q and salt %q are kept, %v", stored.Name, stored.Salt, err)
	}
	if stored, err := s.Commitment(t.Context(), RW, kept.c.ID); err != nil || stored.Salt == "" {
		t.Errorf("another commitment has the salt %q, %v", stored.Salt, err)
	}
	usedUp(t, s.Reveal(t.Context(), r), "contact") // as if it had never been shown
	if _, err := s.CountWrongCode(t.Context(), l.c.ID, 5); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("CountWrongCode = %v; want not found", err)
	}
	l.received("a", aid.Full)
	needs(t, s, aid.Counts{Committed: 4, Delivered: 10, Received: 6}, aid.Counts{})
	if note, err := s.NoteOf(t.Context(), kept.c.ID, "a"); note == "" || err != nil {
		t.Errorf("the note of another commitment = %q, %v", note, err)
	}
	_, err = s.Credential(t.Context(), kept.c.ID)
	must(t, err)
}

// One who gave as Hamba Allah has a salt and no name. Should time have been
// faster, the person's own wish must not pass for a repeat of it.
func forgottenTwice(t *testing.T, s Store) {
	load(t, s)
	in := Submission(1, Units("sembako", 10))
	in.Commitment.Name = ""
	c, _, err := s.Submit(t.Context(), in)
	must(t, err)
	after := verified(t, c)
	must(t, Pledge(t.Context(), s, c, after, after.PledgedAt))
	end := withdrawn(t, after, "other")
	must(t, Withdraw(t.Context(), s, after, end, end.EndedAt))
	due := end.EndedAt.AddDate(0, 0, aid.RetentionDays)
	byTime, m, _, _ := end.Elapsed(due, Catalogue())
	must(t, s.Move(t.Context(), table.Change{Move: m, Before: end, After: byTime, At: due}))
	byPerson, err := end.Forgotten(aid.Collaborator, due, Catalogue())
	must(t, err)
	wants(t, "Forget as time did", s.Move(t.Context(), table.Change{Move: aid.Forget, Before: end, After: byPerson, At: due}), aid.ErrStale)
}

func dropping(t *testing.T, s Store) {
	load(t, s)
	before := place(t, s)
	c, after := submit(t, s, 1, Units("sembako", 10))
	dropped, m, letters, _ := c.Elapsed(c.VerifyBy, Catalogue())
	for range 2 {
		must(t, s.Move(t.Context(), table.Change{Move: m, Before: c, After: dropped, At: c.VerifyBy, Letters: letters}))
	}
	_, err := s.Credential(t.Context(), c.ID)
	wants(t, "Credential", err, aid.ErrNotFound)
	stored, err := s.Commitment(t.Context(), RW, c.ID)
	must(t, err)
	same(t, "commitment", stored, dropped)
	if stored.Name != "" {
		t.Errorf("the name %q is kept", stored.Name)
	}
	wants(t, "Verify what was dropped", Pledge(t.Context(), s, c, after, Noon), aid.ErrStale)
	same(t, "place", place(t, s), before)
	must(t, s.DueBy(t.Context(), Noon.AddDate(10, 0, 0), func(d table.Due) error { return fmt.Errorf("%+v is due", d) }))
}

func posted(t *testing.T, s Store) {
	load(t, s)
	l := tell(t, s, 1, Units("sembako", 1))
	k := table.LetterKeyOf(l.c.ID, 2, aid.LetterStewardCall)
	must(t, s.Post(t.Context(), l.c, aid.LetterStewardCall, 2, Noon))
	must(t, s.MarkSent(t.Context(), k, Noon.Add(time.Minute)))
	must(t, s.Post(t.Context(), l.c, aid.LetterStewardCall, 2, Noon.Add(time.Hour)))
	letter, err := s.Letter(t.Context(), k)
	must(t, err)
	same(t, "letter", letter, aid.Letter{Commitment: l.c.ID, Recipient: RW, Kind: aid.LetterStewardCall, At: Noon, SentAt: Noon.Add(time.Minute)})
	must(t, s.Post(t.Context(), l.c, aid.LetterStewardCall, 3, Noon.Add(time.Hour)))
	letter, err = s.Letter(t.Context(), table.LetterKeyOf(l.c.ID, 3, aid.LetterStewardCall))
	must(t, err)
	if !letter.SentAt.IsZero() {
		t.Error("another letter was sent with the first")
	}
}

func numbers(t *testing.T, s Store) {
	load(t, s)
	c, _ := submit(t, s, 1, Units("sembako", 1))
	r, id, err := s.Find(t.Context(), c.ID.Number())
	must(t, err)
	where, err := s.Locate(t.Context(), c.ID)
	must(t, err)
	if r != RW || id != c.ID || where != RW {
		t.Errorf("number %s leads to %s at %s, its id to %s", c.ID.Number(), id, r, where)
	}
	// Ids differ in more than their number: the second to come is refused, and
	// makes another id.
	twin := Submission(1, Units("sembako", 1))
	twin.Commitment.ID = "1" + twin.Commitment.ID[1:]
	twin.Credential.Commitment, twin.ChallengeID = twin.Commitment.ID, "fresh"
	if twin.Commitment.ID.Number() != c.ID.Number() {
		t.Fatal("the two numbers differ")
	}
	_, _, err = s.Submit(t.Context(), twin)
	wants(t, "Submit under a number that is taken", err, aid.ErrExists)
	_, err = s.Commitment(t.Context(), RW, twin.Commitment.ID)
	wants(t, "refused commitment", err, aid.ErrNotFound)
	other, _ := submit(t, s, 2, Units("sembako", 1))
	if _, id, err := s.Find(t.Context(), other.ID.Number()); err != nil || id != other.ID {
		t.Errorf("Find = %s, %v", id, err)
	}
}

// announced is the nth file announced for a commitment.
func announced(n int, c aid.Commitment) aid.Evidence {
	return aid.Evidence{
		ID: aid.EvidenceID(fmt.Sprintf("e%02d", n)), Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Kind: aid.EvidencePhoto, Type: "image/jpeg",
		Length: int64(1000 + n), SHA256: fmt.Sprintf("%064x", n), State: aid.EvidenceAwaited, At: Noon,
	}
}

func judged(e aid.Evidence, state aid.EvidenceState, refusal aid.EvidenceRefusal, version string) aid.Evidence {
	e.State, e.Refusal, e.Version, e.CheckedAt = state, refusal, version, Noon.Add(time.Minute)
	return e
}

func refOf(e aid.Evidence) table.EvidenceRef {
	return table.EvidenceRef{Recipient: e.Recipient, Commitment: e.Commitment, Complaint: e.Complaint, ID: e.ID}
}

func evidenceJudged(t *testing.T, s Store) {
	load(t, s)
	c := pledged(t, s, 1, Units("sembako", 1))
	rev := place(t, s).Activity.Rev
	complaint := aid.Evidence{ID: "e01", Complaint: "0198c0de-0000-7000-8000-00000000aaaa", Kind: aid.EvidenceComplaint, Type: "image/png", Length: 9, SHA256: fmt.Sprintf("%064x", 9), State: aid.EvidenceAwaited, At: Noon}
	for i, e := range []aid.Evidence{announced(1, c), announced(2, c), complaint} {
		must(t, s.AddEvidence(t.Context(), e))
		wants(t, "AddEvidence again", s.AddEvidence(t.Context(), e), aid.ErrExists)
		verdict := judged(e, aid.EvidenceAccepted, "", "v1")
		if i == 1 {
			verdict = judged(e, aid.EvidenceRefused, aid.RefusedPixels, "v1")
		}
		got, err := s.Evidence(t.Context(), refOf(e))
		must(t, err)
		same(t, "evidence", got, e)
		for _, again := range []aid.Evidence{verdict, verdict, judged(e, aid.EvidenceAccepted, "", "v2"), judged(e, aid.EvidenceRefused, aid.RefusedBroken, "v3")} {
			must(t, s.JudgeEvidence(t.Context(), again))
			got, err := s.Evidence(t.Context(), refOf(e))
			must(t, err)
			same(t, "evidence once judged", got, verdict)
		}
	}
	// Only what was accepted for a commitment is published.
	if got := place(t, s).Activity.Rev; got != rev+1 {
		t.Errorf("revision %d after one accepted, one refused and one of a complaint; want %d", got, rev+1)
	}
	wants(t, "JudgeEvidence of a file nobody announced", s.JudgeEvidence(t.Context(), judged(announced(3, c), aid.EvidenceAccepted, "", "v1")), aid.ErrNotFound)
	elsewhere := refOf(announced(1, c))
	elsewhere.Commitment = CommitmentID(9)
	_, err := s.Evidence(t.Context(), elsewhere)
	wants(t, "Evidence of another commitment", err, aid.ErrNotFound)
	of, err := s.EvidenceOf(t.Context(), RW, c.ID)
	must(t, err)
	same(t, "EvidenceOf", of, []aid.Evidence{judged(announced(1, c), aid.EvidenceAccepted, "", "v1"), judged(announced(2, c), aid.EvidenceRefused, aid.RefusedPixels, "v1")})
}

func history(t *testing.T, s Store) {
	load(t, s)
	commitments, evidence, err := s.History(t.Context(), RW)
	must(t, err)
	if commitments == nil || evidence == nil || len(commitments)+len(evidence) != 0 {
		t.Errorf("History = %#v, %#v; want empty, not nil", commitments, evidence)
	}
	b, _ := submit(t, s, 2, Units("sembako", 1))
	a := pledged(t, s, 1, Units("sembako", 1))
	for _, e := range []aid.Evidence{announced(3, b), announced(2, a), announced(1, a)} {
		must(t, s.AddEvidence(t.Context(), e))
	}
	commitments, evidence, err = s.History(t.Context(), RW)
	must(t, err)
	same(t, "commitments", commitments, []aid.Commitment{a, b})
	same(t, "evidence", evidence, []aid.Evidence{announced(1, a), announced(2, a), announced(3, b)})
	same(t, "commitments alone", first(s.Commitments(t.Context(), RW)), commitments)
	if other, files, err := s.History(t.Context(), Panti); err != nil || len(other)+len(files) != 0 {
		t.Errorf("History of another = %v, %v, %v", other, files, err)
	}
}

func first[T any](v T, _ error) T { return v }

func due(t *testing.T, s Store) {
	load(t, s)
	at := func(instant time.Time) []aid.CommitmentID {
		found := []aid.CommitmentID{}
		must(t, s.DueBy(t.Context(), instant, func(d table.Due) error {
			if d.Recipient != RW || d.Complaint != "" {
				return fmt.Errorf("%+v is due", d)
			}
			found = append(found, d.Commitment)
			return nil
		}))
		slices.Sort(found)
		return found
	}
	none := []aid.CommitmentID{}
	same(t, "due where there is nothing", at(Noon.AddDate(10, 0, 0)), none)
	var all []aid.CommitmentID
	for n := range 20 { // more than a shard's worth each, more than a page on a rough day
		c, _ := submit(t, s, 100+n, Units("sembako", 1))
		all = append(all, c.ID)
	}
	pledge := tell(t, s, 1, Units("sembako", 1)) // due 24 h after Noon + 1 h
	day := Noon.Add(24 * time.Hour)
	same(t, "due a moment before", at(day.Add(-time.Millisecond)), none)
	same(t, "due after a day", at(day), all)
	same(t, "due an hour later", at(day.Add(time.Hour)), append([]aid.CommitmentID{pledge.c.ID}, all...))
	stop := errors.New("enough")
	calls := 0
	if err := s.DueBy(t.Context(), day, func(table.Due) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("DueBy = %v after %d calls; want what it was stopped with", err, calls)
	}
	// Moving what is due while it is listed is what a sweep does.
	must(t, s.DueBy(t.Context(), day.Add(time.Hour), func(d table.Due) error {
		c, err := s.Commitment(t.Context(), d.Recipient, d.Commitment)
		if err != nil {
			return err
		}
		after, m, letters, ok := c.Elapsed(day.Add(time.Hour), Catalogue())
		if !ok {
			return fmt.Errorf("commitment %s is not due", c.ID)
		}
		return s.Move(t.Context(), table.Change{Move: m, Before: c, After: after, At: day, Letters: letters})
	}))
	same(t, "due after a sweep", at(day.Add(time.Hour)), none)
	same(t, "due for the next", at(Noon.Add(41*time.Hour)), []aid.CommitmentID{pledge.c.ID})
	pledge.c, _ = s.Commitment(t.Context(), RW, pledge.c.ID)
	ended := withdrawn(t, pledge.c, "other")
	pledge.then(aid.Withdraw, ended, nil)
	same(t, "due long after it ended", at(ended.EndedAt.AddDate(0, 0, 90)), []aid.CommitmentID{pledge.c.ID})
	gone, err := ended.Forgotten(aid.Collaborator, Noon.AddDate(0, 0, 3), Catalogue())
	pledge.then(aid.Forget, gone, err)
	same(t, "due once it is forgotten", at(Noon.AddDate(10, 0, 0)), none)
}

func access(t *testing.T, s Store) {
	check := func(want table.Access) {
		t.Helper()
		got, err := s.Access(t.Context(), RW)
		must(t, err)
		same(t, "access", got, want)
	}
	check(table.Access{Version: 1})
	must(t, s.Pause(t.Context(), RW, true))
	check(table.Access{Version: 1, Paused: true})
	for _, version := range []int{2, 2, 1, 3, 2} {
		must(t, s.ReplaceLink(t.Context(), RW, version))
	}
	check(table.Access{Version: 3, Paused: true})
	must(t, s.Pause(t.Context(), RW, false))
	check(table.Access{Version: 3})
	if other, err := s.Access(t.Context(), Panti); err != nil || other != (table.Access{Version: 1}) {
		t.Errorf("access of another = %+v, %v", other, err)
	}
}

func needConfirmed(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30))
	before := place(t, s)
	sembako := aid.NeedOf(RW, "sembako")
	later := Noon.AddDate(0, 0, 40)
	on := Today.Plus(40)
	must(t, s.ConfirmNeed(t.Context(), Leaf, sembako, true, on, "ketua RW", later))
	want := before
	want.Needs[1].ConfirmedOn, want.Needs[1].ConfirmedBy = on, "ketua RW"
	want.Activity.Rev, want.Activity.UpdatedAt = before.Activity.Rev+1, later
	same(t, "still needed", place(t, s), want)
	if _, found, err := s.Correction(t.Context(), Leaf); found || err != nil {
		t.Errorf("correction = %v, %v; want none, for no figure fell", found, err)
	}

	for i := range 2 {
		at := later.Add(time.Duration(i+1) * time.Hour)
		must(t, s.ConfirmNeed(t.Context(), Leaf, sembako, false, on, "ketua RW", at))
		want.Needs[1].Needed, want.Needs[1].Earlier = 30, []aid.Level{{Until: later.Add(time.Hour), Needed: 100}}
		want.Activity.Rev, want.Activity.UpdatedAt = want.Activity.Rev+1, at
		same(t, "enough", place(t, s), want)
		correction, found, err := s.Correction(t.Context(), Leaf)
		must(t, err)
		if !found || !correction.On.Equal(at) || correction.By != "ketua RW" {
			t.Errorf("correction %+v; want one that lets the total fall", correction)
		}
	}
	c, after := submit(t, s, 2, Units("sembako", 1))
	overRemaining(t, "Pledge of what is enough", Pledge(t.Context(), s, c, after, Noon), sembako, 0)
	// Two that answer at the same instant do not keep each other from it.
	must(t, s.ConfirmNeed(t.Context(), Leaf, aid.NeedOf(RW, "lebaran"), false, on, "kelurahan", later.Add(time.Hour)))
	if n := place(t, s).Needs[0]; n.Needed != 0 || n.ConfirmedBy != "kelurahan" {
		t.Errorf("lebaran after enough: %+v", n)
	}
	for name, err := range map[string]error{
		"an unknown need": s.ConfirmNeed(t.Context(), Leaf, aid.NeedOf(RW, "nothing"), true, on, "x", later),
		"another leaf":    s.ConfirmNeed(t.Context(), WorkshopLeaf, sembako, false, on, "x", later),
		"no need at all":  s.ConfirmNeed(t.Context(), Leaf, "sembako", true, on, "x", later),
		"a plan nowhere":  s.SetPlan(t.Context(), Leaf, "31.74.01.1001.099", aid.Plan{}, later),
	} {
		wants(t, name, err, aid.ErrNotFound)
	}
	if _, found, _ := s.Correction(t.Context(), WorkshopLeaf); found {
		t.Error("a refused confirmation lets totals fall")
	}
}

// needOf reads one need of the RW.
func needOf(t testing.TB, s Store, p aid.PackageID) aid.Need {
	t.Helper()
	for _, n := range place(t, s).Needs {
		if n.Package == p {
			return n
		}
	}
	t.Fatalf("the RW does not need %s", p)
	return aid.Need{}
}

func levels(t *testing.T, s Store) {
	listings := Listings()
	before := aid.Level{Until: Noon.AddDate(0, -1, 0), Needed: 7}
	listings[0].Needs[1].Earlier = []aid.Level{before} // lebaran
	sembako, extra := &listings[0].Needs[0], listings[0].Needs[1]
	at := func(hours int) time.Time { return Noon.Add(time.Duration(hours) * time.Hour) }
	loads := func(hours int) { t.Helper(); must(t, s.Load(t.Context(), listings, Catalogue(), at(hours))) }
	enough := func(hours int) {
		t.Helper()
		must(t, s.ConfirmNeed(t.Context(), Leaf, sembako.ID, false, sembako.ConfirmedOn, "ketua RW", at(hours)))
	}
	loads(0)
	same(t, "levels of what an earlier system remembers", needOf(t, s, "lebaran").Earlier, []aid.Level{before})
	same(t, "levels of what nothing happened to", needOf(t, s, "sembako").Earlier, []aid.Level{})
	listings[0].Needs[1].Earlier = []aid.Level{{Until: Noon, Needed: 99}} // a listing knows nothing of what was listed since
	pledged(t, s, 1, Units("sembako", 30))

	want := []aid.Level{{Until: at(1), Needed: 100}, {Until: at(2), Needed: 150}, {Until: at(4), Needed: 30}}
	for range 2 {
		sembako.Needed = 150
		loads(1)
	}
	sembako.Source = "dinas" // what changes is not how much
	loads(1)
	enough(2)
	enough(2) // sent again
	enough(3) // said again
	must(t, s.ConfirmNeed(t.Context(), Leaf, sembako.ID, true, Today, "ketua RW", at(3)))
	if n := needOf(t, s, "sembako"); n.Needed != 30 || len(n.Earlier) != 2 {
		t.Errorf("after enough, %+v; want 30 needed and two levels", n)
	}
	sembako.Needed = 60
	loads(4)
	same(t, "levels", needOf(t, s, "sembako").Earlier, want)
	same(t, "levels of the other need", needOf(t, s, "lebaran").Earlier, []aid.Level{before})
	for hours, needed := range map[int]int64{-9: 100, 1: 100, 2: 150, 4: 30, 5: 60} {
		if got := needOf(t, s, "sembako").NeededAt(at(hours)); got != needed {
			t.Errorf("just before hour %d %d were needed; want %d", hours, got, needed)
		}
	}
	// Of two changes at one instant, what was needed before it stays known.
	sembako.Needed = 70
	loads(4)
	same(t, "levels after another change at that instant", needOf(t, s, "sembako").Earlier, want)
	c, after := submit(t, s, 2, Units("sembako", 40))
	must(t, Pledge(t.Context(), s, c, after, at(6)))
	enough(6) // all 70 are promised
	same(t, "levels when enough changes nothing", needOf(t, s, "sembako").Earlier, want)

	// What was not listed was not needed.
	extra.Package, extra.ID, extra.Needed = "makanan", aid.NeedOf(RW, "makanan"), 9
	listings[0].Needs = append(listings[0].Needs, extra)
	for range 2 {
		loads(7)
		same(t, "levels of a need that was added", needOf(t, s, "makanan").Earlier, []aid.Level{{Until: at(7)}})
	}
	// A need that a move counts on keeps what it remembers.
	must(t, Withdraw(t.Context(), s, after, withdrawn(t, after, "other"), at(8)))
	same(t, "levels after a withdrawal", needOf(t, s, "sembako").Earlier, want)
	enough(9)
	same(t, "levels after enough", needOf(t, s, "sembako").Earlier, append(want, aid.Level{Until: at(9), Needed: 70}))
}

func levelsBounded(t *testing.T, s Store) {
	listings := Listings()
	sembako := &listings[0].Needs[0]
	at := func(n int) time.Time { return Noon.Add(time.Duration(n) * time.Minute) }
	const changes = aid.MaxLevels + 3
	for n := range changes + 1 {
		sembako.Needed = int64(100 + n)
		must(t, s.Load(t.Context(), listings, Catalogue(), at(n)))
	}
	check := func(newest int) {
		t.Helper()
		n := needOf(t, s, "sembako")
		if len(n.Earlier) != aid.MaxLevels {
			t.Fatalf("%d levels; want the last %d", len(n.Earlier), aid.MaxLevels)
		}
		for i, l := range n.Earlier {
			change := newest - aid.MaxLevels + 1 + i
			same(t, "level", l, aid.Level{Until: at(change), Needed: int64(100 + change - 1)})
		}
	}
	check(changes)
	must(t, s.ConfirmNeed(t.Context(), Leaf, sembako.ID, false, Today, "ketua RW", at(changes+1)))
	check(changes + 1)
}

func loadKeeps(t *testing.T, s Store) {
	load(t, s)
	tell(t, s, 1, Units("sembako", 30)).contacted()
	tell(t, s, 2, Units("sembako", 5)).lapsed()
	plan := aid.Plan{Method: aid.PlanTurns, On: Today}
	must(t, s.SetPlan(t.Context(), Leaf, RW, plan, Noon.Add(100*time.Hour)))
	must(t, s.Pause(t.Context(), RW, true))
	before := place(t, s)
	want := before.Activity
	if want.Plan != plan || want.Pledged != 2 || want.Lapsed != 1 || want.Hours[1] != 1 || !want.UpdatedAt.Equal(Noon.Add(100*time.Hour)) {
		t.Fatalf("activity %+v", want)
	}
	for range 2 {
		load(t, s)
		same(t, "place", place(t, s), before)
	}
	if a, err := s.Access(t.Context(), RW); err != nil || !a.Paused {
		t.Errorf("access after an import = %+v, %v", a, err)
	}
}

func looks(t *testing.T, s Store) {
	load(t, s)
	at := func(hours int) time.Time { return Noon.Add(time.Duration(hours) * time.Hour) }
	seen := func(hours, n int, by aid.Role) table.Look {
		return table.Look{At: at(hours), By: by, Of: aid.Collaborator, Commitment: CommitmentID(n), Recipient: RW}
	}
	officer, steward := seen(2, 1, aid.Officer), seen(1, 1, aid.Steward)
	must(t, s.RecordLook(t.Context(), officer, Today))
	must(t, s.RecordLook(t.Context(), steward, Today))
	must(t, s.RecordLook(t.Context(), seen(30, 2, aid.Steward), Today.Plus(1)))
	asked := seen(31, 2, aid.Officer)
	asked.Of = aid.Steward
	must(t, s.RecordStewardLook(t.Context(), asked, Today.Plus(1)))
	r := reveal(1, "a", string(RW), "n")
	must(t, s.Reveal(t.Context(), r))
	r.At = at(5)
	must(t, s.Reveal(t.Context(), r)) // shown before; no second look is remembered
	shown := seen(0, 1, aid.Collaborator)
	shown.Of = aid.Steward

	same(t, "who saw the collaborator", first(s.LooksAtCollaborator(t.Context(), CommitmentID(1))), []table.Look{steward, officer})
	same(t, "who saw another", first(s.LooksAtCollaborator(t.Context(), CommitmentID(3))), []table.Look{})
	same(t, "what was seen that day", first(s.LooksOn(t.Context(), Today)), []table.Look{shown, steward, officer})
	same(t, "what was seen the next", first(s.LooksOn(t.Context(), Today.Plus(1))), []table.Look{seen(30, 2, aid.Steward), asked})
	shown.Collaborator = "a"
	same(t, "who saw the steward", first(s.LooksAtSteward(t.Context(), RW)), []table.Look{shown, asked})
	if none, err := s.LooksAtSteward(t.Context(), Panti); none == nil || len(none) != 0 || err != nil {
		t.Errorf("LooksAtSteward = %#v, %v; want empty, not nil", none, err)
	}
}

func spending(t *testing.T, s Store) {
	const callers, limit = 12, 5
	var mu sync.Mutex
	spent := 0
	atOnce(t, callers, func(int) error {
		err := s.Spend(t.Context(), "mail", "someone", Today, limit)
		if err == nil {
			mu.Lock()
			spent++
			mu.Unlock()
			return nil
		}
		var quota *aid.QuotaError
		if !errors.As(err, &quota) || quota.Budget != "mail" {
			return err
		}
		return nil
	})
	if spent != limit {
		t.Errorf("%d of %d went through; want %d", spent, callers, limit)
	}
	must(t, s.Spend(t.Context(), "mail", "someone", Today, limit+1))
	must(t, s.Spend(t.Context(), "mail", "someone", Today.Plus(1), 1))
	must(t, s.Spend(t.Context(), "mail", "another", Today, 1))
	must(t, s.Spend(t.Context(), "code", "someone", Today, 1))
	usedUp(t, s.Spend(t.Context(), "code", "someone", Today, 1), "code")
	usedUp(t, s.Spend(t.Context(), "none", "someone", Today, 0), "none")
}

func tries(t *testing.T, s Store) {
	left := make(chan int, 9)
	atOnce(t, cap(left), func(int) error {
		n, err := s.Try(t.Context(), "bast", "BAST-1", Today, 5)
		var quota *aid.QuotaError
		if errors.As(err, &quota) && quota.Budget == "bast" {
			left <- -1
			return nil
		}
		left <- n
		return err
	})
	close(left)
	tally := map[int]int{}
	for n := range left {
		tally[n]++
	}
	same(t, "what nine at once were told", tally, map[int]int{4: 1, 3: 1, 2: 1, 1: 1, 0: 1, -1: 4})
	must(t, s.GiveBack(t.Context(), "bast", "BAST-1", Today))
	if n, err := s.Try(t.Context(), "bast", "BAST-1", Today, 5); n != 0 || err != nil {
		t.Errorf("after one was given back: %d, %v; want one more try", n, err)
	}
	must(t, s.GiveBack(t.Context(), "bast", "BAST-2", Today)) // nobody took one
	if n, err := s.Try(t.Context(), "bast", "BAST-2", Today, 5); n != 4 || err != nil {
		t.Errorf("what was never taken was given back: %d, %v", n, err)
	}
	if _, err := s.Try(t.Context(), "bast", "BAST-1", "today", 5); err == nil {
		t.Error("a day that is none has tries")
	}

	must(t, s.UseChallenge(t.Context(), "solved", Noon))
	wants(t, "UseChallenge again", s.UseChallenge(t.Context(), "solved", Noon), aid.ErrChallenge)
	in := Submission(1, Units("sembako", 1))
	in.ChallengeID = "solved"
	_, _, err := s.Submit(t.Context(), in)
	wants(t, "Submit with it", err, aid.ErrChallenge)
	in.ChallengeID = "another"
	_, _, err = s.Submit(t.Context(), in)
	must(t, err)
	wants(t, "UseChallenge of a submission", s.UseChallenge(t.Context(), "another", Noon), aid.ErrChallenge)
}

func reminderChoice(t *testing.T, s Store) {
	for _, step := range []struct{ set, want bool }{{true, true}, {false, false}, {false, false}, {true, true}} {
		must(t, s.SetReminders(t.Context(), "a", step.set))
		for who, want := range map[aid.CollaboratorID]bool{"a": step.want, "b": true} {
			if got, err := s.WantsReminders(t.Context(), who); got != want || err != nil {
				t.Errorf("%s wants reminders: %v, %v; want %v", who, got, err, want)
			}
		}
	}
}

func nothingThere(t *testing.T, s Store) {
	ctx := t.Context()
	_, _, err := s.Find(ctx, "K-0000-0000")
	wants(t, "Find", err, aid.ErrNotFound)
	_, err = s.Locate(ctx, CommitmentID(1))
	wants(t, "Locate", err, aid.ErrNotFound)
	for _, ref := range []table.EvidenceRef{{Recipient: RW, Commitment: CommitmentID(1), ID: "e"}, {Complaint: "c", ID: "e"}} {
		_, err = s.Evidence(ctx, ref)
		wants(t, "Evidence", err, aid.ErrNotFound)
	}
	if all, err := s.EvidenceOf(ctx, RW, CommitmentID(1)); all == nil || len(all) != 0 || err != nil {
		t.Errorf("EvidenceOf = %#v, %v; want empty, not nil", all, err)
	}
	if note, err := s.NoteOf(ctx, CommitmentID(1), "a"); note != "" || err != nil {
		t.Errorf("NoteOf = %q, %v", note, err)
	}
	if all, err := s.LooksOn(ctx, Today); all == nil || len(all) != 0 || err != nil {
		t.Errorf("LooksOn = %#v, %v; want empty, not nil", all, err)
	}
	c := Submission(1, Units("sembako", 1)).Commitment
	dropped, m, _, _ := c.Elapsed(c.VerifyBy, Catalogue())
	wants(t, "Drop", s.Move(ctx, table.Change{Move: m, Before: c, After: dropped, At: Noon}), aid.ErrNotFound)
}
