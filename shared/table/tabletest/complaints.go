package tabletest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// RunComplaints tries every promise of package table about complaints and ideas
// on stores that open makes, empty and independent of each other.
func RunComplaints(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []struct {
		name string
		try  func(*testing.T, Store)
	}{
		{"UnknownComplaintsAreNotFound", unknownComplaint},
		{"AFiledComplaintComesBackAsItWas", complaintComesBack},
		{"AComplaintFiledAgainIsTheSame", complaintRepeated},
		{"AnIdBelongsToOneComplaint", complaintTaken},
		{"AChallengePaysForOneThingOnly", complaintChallenge},
		{"AComplaintIsFoundInItsMonth", complaintMonths},
		{"AComplaintMovesOnce", complaintMovesOnce},
		{"TwoMovesToOneVersionAreStale", complaintStale},
		{"AComplaintIsTakenUpTogetherWithItsDesk", complaintTakenUp},
		{"MovesOfComplaintsThatAreNoneAreRefused", complaintNoMove},
		{"AMessageIsWrittenOnce", messageOnce},
		{"RepliesAreApartFromReports", repliesApart},
		{"AForgottenComplaintHasNoWordsLeft", complaintForgotten},
		{"AComplaintIsDueWhenItSays", complaintDue},
		{"LettersOfComplaintsSayWhichComplaint", complaintLetters},
		{"EvidenceOfAComplaintIsFound", complaintEvidence},
		{"AnIdeaIsSentOnce", ideaOnce},
		{"ManyComplaintsAtOnceAreAllKept", manyComplaints},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// Filing returns the nth complaint, about the RW, with everything that a real
// one has.
func Filing(n int) table.Filing {
	id := aid.ComplaintID(CommitmentID(1000 + n))
	return table.Filing{
		Complaint: aid.Complaint{
			ID: id, Class: aid.Levy, About: aid.About{Recipient: RW}, Area: "31.74.01.1001", State: aid.ComplaintReceived, Version: 1,
			ReceivedAt: Noon, DueBy: Noon.AddDate(0, 0, aid.ComplaintDays), DueAt: Noon.AddDate(0, 0, aid.ComplaintDays),
			Messages: []aid.Message{{ID: aid.MessageID(id), At: Noon, From: aid.Reporter}},
		},
		Words:      aid.Words{Text: fmt.Sprintf("kata aduan %d", n), Email: fmt.Sprintf("pelapor%d@contoh.example", n)},
		SecretHash: aid.Hash(fmt.Sprint("complaint", n)), Fingerprint: fmt.Sprintf("complaint-fingerprint-%d", n),
		ChallengeID: fmt.Sprintf("complaint-challenge-%d", n), ChallengeExpires: Noon.Add(10 * time.Minute),
	}
}

// IdeaFiling returns the nth idea.
func IdeaFiling(n int) table.IdeaFiling {
	return table.IdeaFiling{
		Idea:        aid.Idea{ID: aid.IdeaID(CommitmentID(2000 + n)), Topic: "data", State: aid.IdeaReceived, ReceivedAt: Noon},
		Words:       aid.IdeaWords{Text: fmt.Sprintf("kata usulan %d", n), Name: "Wati Contoh", Email: fmt.Sprintf("pengusul%d@contoh.example", n)},
		Fingerprint: fmt.Sprintf("idea-fingerprint-%d", n), ChallengeID: fmt.Sprintf("idea-challenge-%d", n), ChallengeExpires: Noon.Add(10 * time.Minute),
	}
}

// desk may do everything to the complaints of this file.
var desk = aid.Staff{Role: aid.StaffComplaints}

func file(t testing.TB, s Store, n int) aid.Complaint {
	t.Helper()
	c, repeated, err := s.FileComplaint(t.Context(), Filing(n))
	must(t, err)
	if repeated {
		t.Fatalf("complaint %d was there already", n)
	}
	return c
}

func unknownComplaint(t *testing.T, s Store) {
	f := Filing(1)
	id := f.Complaint.ID
	_, err := s.Complaint(t.Context(), id)
	wants(t, "Complaint", err, aid.ErrNotFound)
	_, err = s.ComplaintSecret(t.Context(), id)
	wants(t, "ComplaintSecret", err, aid.ErrNotFound)
	_, repeated, err := s.Filed(t.Context(), id, f.Fingerprint)
	must(t, err)
	same(t, "repeated", repeated, false)
	wrote, err := s.Wrote(t.Context(), id, "m", "f")
	must(t, err)
	same(t, "wrote", wrote, false)
	after, err := f.Complaint.Assigned(desk, Noon)
	must(t, err)
	wants(t, "MoveComplaint", s.MoveComplaint(t.Context(), f.Complaint, after), aid.ErrNotFound)
	written, err := f.Complaint.Written("m", Noon)
	must(t, err)
	wants(t, "WriteMessage", s.WriteMessage(t.Context(), f.Complaint, written, "kata", "f"), aid.ErrNotFound)
	replies, err := s.Replies(t.Context(), id)
	must(t, err)
	months, err := s.ComplaintMonths(t.Context())
	must(t, err)
	all, err := s.ComplaintsOf(t.Context(), "2026-03")
	must(t, err)
	files, err := s.EvidenceOfComplaint(t.Context(), id)
	must(t, err)
	if replies == nil || months == nil || all == nil || files == nil || len(replies)+len(months)+len(all)+len(files) > 0 {
		t.Errorf("of nothing there are %v, %v, %v, %v; want empty ones", replies, months, all, files)
	}
}

func complaintComesBack(t *testing.T, s Store) {
	c := file(t, s, 1)
	same(t, "filed", c, Filing(1).Complaint)
	got, err := s.Complaint(t.Context(), c.ID)
	must(t, err)
	same(t, "read", got, c)
	hash, err := s.ComplaintSecret(t.Context(), c.ID)
	must(t, err)
	same(t, "secret", hash, Filing(1).SecretHash)
	texts, email, err := s.Reports(t.Context(), c.ID)
	must(t, err)
	same(t, "words", texts, map[aid.MessageID]string{aid.MessageID(c.ID): Filing(1).Words.Text})
	same(t, "email", email, Filing(1).Words.Email)

	// Everything that a move may set comes back too.
	full := c
	for _, step := range []func(aid.Complaint) (aid.Complaint, error){
		func(c aid.Complaint) (aid.Complaint, error) { return c.Assigned(desk, Noon.Add(time.Hour)) },
		func(c aid.Complaint) (aid.Complaint, error) {
			after, _, _, _ := c.Elapsed(Noon.AddDate(0, 0, 8))
			return after, nil
		},
		func(c aid.Complaint) (aid.Complaint, error) {
			return c.Closed(desk, aid.Forwarded, Noon.AddDate(0, 0, 9))
		},
	} {
		after, err := step(full)
		must(t, err)
		must(t, s.MoveComplaint(t.Context(), full, after))
		full = after
	}
	got, err = s.Complaint(t.Context(), c.ID)
	must(t, err)
	same(t, "after three moves", got, full)
}

func complaintRepeated(t *testing.T, s Store) {
	c := file(t, s, 1)
	after, err := c.Assigned(desk, Noon)
	must(t, err)
	must(t, s.MoveComplaint(t.Context(), c, after))
	again := Filing(1)
	again.ChallengeID, again.Words.Text = "another", "kata lain" // a keyed hash stands for the words
	got, repeated, err := s.FileComplaint(t.Context(), again)
	must(t, err)
	same(t, "repeated", repeated, true)
	same(t, "filed again", got, after)
	got, repeated, err = s.Filed(t.Context(), c.ID, again.Fingerprint)
	must(t, err)
	same(t, "found repeated", repeated, true)
	same(t, "found again", got, after)
	texts, _, err := s.Reports(t.Context(), c.ID)
	must(t, err)
	same(t, "words", texts[aid.MessageID(c.ID)], Filing(1).Words.Text)
	// The second challenge was not used.
	next := Filing(2)
	next.ChallengeID = "another"
	_, _, err = s.FileComplaint(t.Context(), next)
	must(t, err)
}

func complaintTaken(t *testing.T, s Store) {
	c := file(t, s, 1)
	other := Filing(1)
	other.Fingerprint, other.ChallengeID = "other", "another"
	_, _, err := s.FileComplaint(t.Context(), other)
	wants(t, "FileComplaint", err, aid.ErrExists)
	_, _, err = s.Filed(t.Context(), c.ID, "other")
	wants(t, "Filed", err, aid.ErrExists)
	// Another id with the same ticket.
	twin := Filing(2)
	twin.Complaint.ID = "1" + c.ID[1:]
	_, _, err = s.FileComplaint(t.Context(), twin)
	wants(t, "FileComplaint of a twin", err, aid.ErrExists)
	_, err = s.Complaint(t.Context(), twin.Complaint.ID)
	wants(t, "Complaint of a twin", err, aid.ErrNotFound)
}

func complaintChallenge(t *testing.T, s Store) {
	load(t, s)
	file(t, s, 1)
	second := Filing(2)
	second.ChallengeID = Filing(1).ChallengeID
	_, _, err := s.FileComplaint(t.Context(), second)
	wants(t, "a second complaint", err, aid.ErrChallenge)
	idea := IdeaFiling(1)
	idea.ChallengeID = Filing(1).ChallengeID
	_, _, err = s.FileIdea(t.Context(), idea)
	wants(t, "an idea", err, aid.ErrChallenge)
	promise := Submission(1, Units("sembako", 1))
	promise.ChallengeID = Filing(1).ChallengeID
	_, _, err = s.Submit(t.Context(), promise)
	wants(t, "a commitment", err, aid.ErrChallenge)
	texts, _, err := s.Reports(t.Context(), second.Complaint.ID)
	must(t, err)
	same(t, "words of what was refused", len(texts), 0)
}

func complaintMonths(t *testing.T, s Store) {
	first, second, later := file(t, s, 1), file(t, s, 2), Filing(3)
	later.Complaint.ReceivedAt = time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC)
	_, _, err := s.FileComplaint(t.Context(), later)
	must(t, err)
	next := Filing(4)
	next.Complaint.ReceivedAt = later.Complaint.ReceivedAt.Add(time.Second)
	_, _, err = s.FileComplaint(t.Context(), next)
	must(t, err)
	months, err := s.ComplaintMonths(t.Context())
	must(t, err)
	same(t, "months", months, []string{"2026-03", "2026-04"})
	march, err := s.ComplaintsOf(t.Context(), "2026-03")
	must(t, err)
	same(t, "March", march, []aid.Complaint{first, second, later.Complaint})
	april, err := s.ComplaintsOf(t.Context(), "2026-04")
	must(t, err)
	same(t, "April", april, []aid.Complaint{next.Complaint})
}

func complaintMovesOnce(t *testing.T, s Store) {
	before := file(t, s, 1)
	after, _, letters, ok := before.Elapsed(before.DueBy)
	same(t, "overdue", ok, true)
	for range 2 {
		must(t, s.MoveComplaint(t.Context(), before, after, letters...))
	}
	final, err := after.Assigned(desk, Noon)
	must(t, err)
	must(t, s.MoveComplaint(t.Context(), after, final))
	must(t, s.MoveComplaint(t.Context(), before, after, letters...)) // late, and still the same
	got, err := s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "stored", got, final)
}

func complaintStale(t *testing.T, s Store) {
	before := file(t, s, 1)
	assigned, err := before.Assigned(desk, Noon)
	must(t, err)
	closed, err := before.Closed(desk, aid.Duplicated, Noon)
	must(t, err)
	written, err := before.Written("m", Noon)
	must(t, err)
	must(t, s.MoveComplaint(t.Context(), before, assigned))
	wants(t, "another move", s.MoveComplaint(t.Context(), before, closed), aid.ErrStale)
	wants(t, "a message", s.WriteMessage(t.Context(), before, written, "kata", "f"), aid.ErrStale)
	got, err := s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "stored", got, assigned)
	texts, _, err := s.Reports(t.Context(), before.ID)
	must(t, err)
	same(t, "texts", len(texts), 1)
}

func complaintTakenUp(t *testing.T, s Store) {
	before := file(t, s, 1)
	object := table.ComplaintObject(before.ID)
	after, err := before.Assigned(desk, Noon)
	must(t, err)
	// It lies with somebody else since it was read: nothing of it is done.
	must(t, s.Assign(t.Context(), object, table.Desk{}, "wati", "Wati", Noon))
	wants(t, "over another's head", s.TakeComplaint(t.Context(), before, after, table.Desk{}, "ani", "Ani"), aid.ErrStale)
	got, err := s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "refused", got, before)
	held, err := s.Desk(t.Context(), object)
	must(t, err)
	must(t, s.WriteNote(t.Context(), object, table.OfficeNote{ID: "n", At: Noon, By: "wati", Text: "ambil saja"}))
	for range 2 {
		must(t, s.TakeComplaint(t.Context(), before, after, held, "ani", "Ani"))
	}
	got, err = s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "taken up", got, after)
	held, err = s.Desk(t.Context(), object)
	must(t, err)
	same(t, "with", []any{held.To, held.Name, held.Notes}, []any{aid.OfficerID("ani"), "Ani", 1})
	// Whoever comes second changes nothing, not even on whose desk it lies.
	second := table.Acting(t.Context(), Act(1, object))
	wants(t, "the second", s.TakeComplaint(second, before, after, held, "wati", "Wati"), aid.ErrStale)
	same(t, "acts", acts(t, s, object), []table.Act{})
	still, err := s.Desk(t.Context(), object)
	must(t, err)
	same(t, "still with", still, held)
}

func complaintNoMove(t *testing.T, s Store) {
	before := file(t, s, 1)
	after, err := before.Assigned(desk, Noon)
	must(t, err)
	for what, change := range map[string]func(*aid.Complaint){
		"two versions on":    func(c *aid.Complaint) { c.Version++ },
		"of another class":   func(c *aid.Complaint) { c.Class = aid.PriceClass },
		"about another":      func(c *aid.Complaint) { c.About.Recipient = Panti },
		"of another month":   func(c *aid.Complaint) { c.ReceivedAt = Noon.AddDate(0, 1, 0) },
		"without its step":   func(c *aid.Complaint) { c.Log = nil },
		"with a message too": func(c *aid.Complaint) { c.Messages = append(slices.Clone(c.Messages), aid.Message{ID: "m"}) },
	} {
		wrong := after
		change(&wrong)
		if err := s.MoveComplaint(t.Context(), before, wrong); err == nil {
			t.Errorf("a move to a complaint %s was stored", what)
		}
	}
	if err := s.WriteMessage(t.Context(), before, after, "kata", "f"); err == nil {
		t.Error("words without a message were stored")
	}
	got, err := s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "stored", got, before)
}

func messageOnce(t *testing.T, s Store) {
	before := file(t, s, 1)
	after, err := before.Written("m", Noon.Add(time.Hour))
	must(t, err)
	for range 2 {
		must(t, s.WriteMessage(t.Context(), before, after, "kata kedua", "f"))
	}
	wants(t, "other words", s.WriteMessage(t.Context(), before, after, "kata ketiga", "g"), aid.ErrExists)
	wrote, err := s.Wrote(t.Context(), before.ID, "m", "f")
	must(t, err)
	same(t, "wrote", wrote, true)
	_, err = s.Wrote(t.Context(), before.ID, "m", "g")
	wants(t, "Wrote", err, aid.ErrExists)
	got, err := s.Complaint(t.Context(), before.ID)
	must(t, err)
	same(t, "stored", got, after)
	texts, _, err := s.Reports(t.Context(), before.ID)
	must(t, err)
	same(t, "texts", texts, map[aid.MessageID]string{aid.MessageID(before.ID): Filing(1).Words.Text, "m": "kata kedua"})
}

func repliesApart(t *testing.T, s Store) {
	before := file(t, s, 1)
	after, err := before.Answered(desk, "r", aid.Resolved, Noon.Add(time.Hour))
	must(t, err)
	must(t, s.WriteMessage(t.Context(), before, after, "sudah diganti", "f"))
	replies, err := s.Replies(t.Context(), before.ID)
	must(t, err)
	same(t, "replies", replies, map[aid.MessageID]string{"r": "sudah diganti"})
	texts, _, err := s.Reports(t.Context(), before.ID)
	must(t, err)
	same(t, "reports", texts, map[aid.MessageID]string{aid.MessageID(before.ID): Filing(1).Words.Text})
}

func complaintForgotten(t *testing.T, s Store) {
	c := file(t, s, 1)
	kept := file(t, s, 2)
	written, err := c.Written("m", Noon)
	must(t, err)
	must(t, s.WriteMessage(t.Context(), c, written, "kata kedua", "f"))
	answered, err := written.Answered(desk, "r", aid.Unfounded, Noon)
	must(t, err)
	must(t, s.WriteMessage(t.Context(), written, answered, "tidak benar", "g"))
	c = answered
	for {
		after, _, letters, ok := c.Elapsed(Noon.AddDate(1, 0, 0))
		if !ok {
			break
		}
		must(t, s.MoveComplaint(t.Context(), c, after, letters...))
		c = after
	}
	if c.ForgottenAt.IsZero() {
		t.Fatalf("a year later it is %+v", c)
	}
	_, err = s.ComplaintSecret(t.Context(), c.ID)
	wants(t, "ComplaintSecret", err, aid.ErrNotFound)
	texts, email, err := s.Reports(t.Context(), c.ID)
	must(t, err)
	replies, err := s.Replies(t.Context(), c.ID)
	must(t, err)
	if len(texts)+len(email)+len(replies) > 0 {
		t.Errorf("what is left: %v, %q, %v", texts, email, replies)
	}
	got, err := s.Complaint(t.Context(), c.ID)
	must(t, err)
	same(t, "the public part", got, c)
	_, err = s.ComplaintSecret(t.Context(), kept.ID)
	must(t, err)
}

func complaintDue(t *testing.T, s Store) {
	c := file(t, s, 1)
	due := func(at time.Time) []table.Due {
		var all []table.Due
		must(t, s.DueBy(t.Context(), at, func(d table.Due) error {
			all = append(all, d)
			return nil
		}))
		return all
	}
	same(t, "before", due(c.DueBy.Add(-time.Millisecond)), []table.Due(nil))
	same(t, "at its time", due(c.DueBy), []table.Due{{Complaint: c.ID}})
	after, _, letters, _ := c.Elapsed(c.DueBy)
	must(t, s.MoveComplaint(t.Context(), c, after, letters...))
	same(t, "escalated", due(c.DueBy.AddDate(9, 0, 0)), []table.Due(nil))
}

func complaintLetters(t *testing.T, s Store) {
	c := file(t, s, 1)
	l, err := s.Letter(t.Context(), table.ComplaintLetterKey(c.ID, 1, aid.LetterOfficeComplaint))
	must(t, err)
	same(t, "the letter", l, aid.Letter{Complaint: c.ID, Kind: aid.LetterOfficeComplaint, At: Noon})
	after, _, letters, _ := c.Elapsed(c.DueBy.Add(time.Hour))
	must(t, s.MoveComplaint(t.Context(), c, after, letters...))
	k := table.ComplaintLetterKey(c.ID, 2, aid.LetterOfficeLate)
	if parsed, ok := table.ParseLetterKey(k.PK, k.SK); !ok || parsed != k {
		t.Errorf("the key %v is no letter's", k)
	}
	must(t, s.MarkSent(t.Context(), k, Noon))
	l, err = s.Letter(t.Context(), k)
	must(t, err)
	same(t, "the second letter", l, aid.Letter{Complaint: c.ID, Kind: aid.LetterOfficeLate, At: c.DueBy, SentAt: Noon})
}

func complaintEvidence(t *testing.T, s Store) {
	c := file(t, s, 1)
	e := aid.Evidence{
		ID: "b", Complaint: c.ID, Kind: aid.EvidenceComplaint, Type: "image/jpeg", Length: 10, SHA256: "00", State: aid.EvidenceAwaited, At: Noon,
	}
	f := e
	f.ID = "a"
	must(t, s.AddEvidence(t.Context(), e))
	must(t, s.AddEvidence(t.Context(), f))
	f.State, f.Refusal, f.CheckedAt = aid.EvidenceRefused, aid.RefusedBroken, Noon.Add(time.Second)
	must(t, s.JudgeEvidence(t.Context(), f))
	got, err := s.EvidenceOfComplaint(t.Context(), c.ID)
	must(t, err)
	same(t, "evidence", got, []aid.Evidence{f, e})
}

func ideaOnce(t *testing.T, s Store) {
	f := IdeaFiling(1)
	_, repeated, err := s.FiledIdea(t.Context(), f.Idea.ID, f.Fingerprint)
	must(t, err)
	same(t, "there before", repeated, false)
	stored, repeated, err := s.FileIdea(t.Context(), f)
	must(t, err)
	same(t, "repeated", repeated, false)
	same(t, "stored", stored, f.Idea)
	again := f
	again.ChallengeID = "another"
	again.Idea.ReceivedAt = Noon.Add(time.Hour)
	for _, sent := range []func() (aid.Idea, bool, error){
		func() (aid.Idea, bool, error) { return s.FileIdea(t.Context(), again) },
		func() (aid.Idea, bool, error) { return s.FiledIdea(t.Context(), f.Idea.ID, f.Fingerprint) },
	} {
		stored, repeated, err = sent()
		must(t, err)
		same(t, "repeated", repeated, true)
		same(t, "stored again", stored, f.Idea)
	}
	other := f
	other.Fingerprint = "other"
	_, _, err = s.FileIdea(t.Context(), other)
	wants(t, "FileIdea", err, aid.ErrExists)
	_, _, err = s.FiledIdea(t.Context(), f.Idea.ID, "other")
	wants(t, "FiledIdea", err, aid.ErrExists)
}

func manyComplaints(t *testing.T, s Store) {
	const people = 12
	var wg sync.WaitGroup
	for n := range people {
		for range 2 { // each sends twice at once
			wg.Go(func() {
				if _, _, err := s.FileComplaint(t.Context(), Filing(n)); err != nil {
					t.Errorf("complaint %d: %v", n, err)
				}
			})
		}
	}
	wg.Wait()
	all, err := s.ComplaintsOf(t.Context(), "2026-03")
	must(t, err)
	same(t, "complaints", len(all), people)
}
