package tabletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// Staff is what a [Store] promises to the console alone.
type Staff interface {
	Record(context.Context, table.Act) error
	Acted(ctx context.Context, id string) (table.Act, bool, error)
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) (acts []table.Act, next string, err error)
	Officer(context.Context, aid.OfficerID) (aid.Account, error)
	Officers(context.Context) ([]aid.Account, error)
	PutOfficer(ctx context.Context, before, after aid.Account) error

	Work(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, cursor string, limit int) (items []table.WorkItem, next string, err error)
	WorkOf(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time, theirs func(table.WorkItem) bool, cursor string, limit int) (items []table.WorkItem, next string, err error)
	WorkCounts(ctx context.Context, lane aid.Lane, kota area.Code, from, to time.Time) (counts map[area.Code]int, capped bool, err error)
	WorkFacts(context.Context, []table.WorkItem) (table.WorkFacts, error)
	Desk(ctx context.Context, object string) (table.Desk, error)
	Desks(ctx context.Context, objects []string) (map[string]table.Desk, error)
	Assign(ctx context.Context, object string, before table.Desk, to aid.OfficerID, name string, at time.Time) error
	WriteNote(ctx context.Context, object string, n table.OfficeNote) error
	Notes(ctx context.Context, object string) ([]table.OfficeNote, error)

	ReviewEvidence(ctx context.Context, before, after aid.Evidence, at time.Time) error
	Moderation(context.Context, aid.RecipientID, aid.CommitmentID) (table.Moderation, error)
	Moderate(ctx context.Context, c aid.Commitment, before table.Moderation, decided time.Time) error
	Hidden(context.Context, aid.CommitmentID) (aid.Hidden, error)
	SamePhone(ctx context.Context, c aid.Commitment, since time.Time) ([]table.PhoneUse, error)
	SamePicture(ctx context.Context, sha256 string) ([]table.EvidenceRef, error)

	Propose(context.Context, aid.Proposal, aid.Proposer) error
	Proposal(context.Context, aid.ProposalID) (aid.Proposal, aid.Proposer, error)
	Proposals(ctx context.Context, cursor string, limit int) (all []aid.Proposal, next string, err error)
	DecideProposal(context.Context, table.ProposalDecision) error

	Idea(context.Context, aid.IdeaID) (aid.Idea, error)
	IdeasOf(ctx context.Context, month string) ([]aid.Idea, error)
	IdeaWords(context.Context, aid.IdeaID) (aid.IdeaWords, error)
	MoveIdea(ctx context.Context, before, after aid.Idea) error
}

// RunStaff tries every promise of package table to the console on stores that
// open makes, empty and independent of each other.
func RunStaff(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []claim{
		{"AnActIsRecordedWithItsChange", actWithChange},
		{"ARefusedChangeLeavesNoRecord", actRefused},
		{"AnActIsRecordedOnce", actOnce},
		{"AnIdBelongsToOneAct", actTaken},
		{"SeveralChangesOfOneActLeaveOneRecord", actOfSeveral},
		{"WhatSomebodyElseMadeIsStale", actStale},
		{"TwoOfficersAtOnceOneIsTold", actRace},
		{"ActsAreFoundByObjectOfficerAndTime", audited},
		{"AccountsChangeInTurn", accounts},
		{"ACommitmentWaitsInItsLane", workOfCommitments},
		{"ALaneIsReadPageByPage", workPages},
		{"OfALaneIsReadWhatIsSomebodys", workOfSome},
		{"EverythingThatWaitsIsFound", workOfAll},
		{"ADeskChangesHands", desks},
		{"ANoteIsWrittenOnce", notes},
		{"NotesAtOnceAreAllKept", notesAtOnce},
		{"EvidenceIsReviewedOnce", reviewed},
		{"WhatIsHiddenLiesApart", hidden},
		{"WhatWasLookedAtWaitsNoMore", moderation},
		{"TheSameNumberIsNoticed", samePhone},
		{"TheSamePictureIsNoticed", samePicture},
		{"ACorrectionMovesTheFigures", corrected},
		{"AProposalIsDecidedOnce", proposals},
		{"AnApprovedProposalIsMade", approved},
		{"AnIdeaIsDecided", ideaDecided},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// Act returns the nth act, to an object, by officer-1.
func Act(n int, object string) table.Act {
	return table.Act{
		ID: string(CommitmentID(5000 + n)), At: Noon.Add(time.Duration(n) * time.Minute), By: "officer-1", Name: "Petugas Contoh", Role: aid.StaffVerifier,
		Area: "31.74.01.1001", Deed: aid.DecideCommitment, Action: "try", Object: object, Before: `{"a":1}`, After: `{"a":2}`, Reason: "alasan contoh",
	}
}

// Account returns the first version of the nth account.
func Account(n int) aid.Account {
	return aid.Account{
		Staff: aid.Staff{ID: aid.OfficerID(fmt.Sprintf("officer-%d", n)), Role: aid.StaffKelurahan, Areas: []area.Code{"31.74.01.1001"}},
		Name:  fmt.Sprintf("Petugas Contoh %d", n), Version: 1, ChangedAt: Noon,
	}
}

// Proposal returns the nth proposal, by officer-1.
func Proposal(n int) (aid.Proposal, aid.Proposer) {
	return aid.Proposal{
			ID: aid.ProposalID(CommitmentID(6000 + n)), Kind: aid.ProposeTotals, Object: "leaf/" + Leaf.String(), Area: Leaf.Area, Change: `{}`,
			State: aid.ProposalOpen, Version: 1, At: Noon,
		}, aid.Proposer{
			By: "officer-1", Name: "Petugas Contoh", Reason: "alasan contoh",
		}
}

// acts returns every act to an object, the newest first.
func acts(t testing.TB, s Store, object string) []table.Act {
	t.Helper()
	all, next, err := s.Audit(t.Context(), table.AuditQuery{Object: object}, "", 100)
	must(t, err)
	same(t, "cursor", next, "")
	return all
}

func actWithChange(t *testing.T, s Store) {
	load(t, s)
	before := pledged(t, s, 1, Units("sembako", 3))
	object := "commitment/" + string(before.ID)
	same(t, "acts before", acts(t, s, object), []table.Act{})
	act := Act(1, object)
	must(t, Withdraw(table.Acting(t.Context(), act), s, before, withdrawn(t, before, "other"), Noon))
	same(t, "acts", acts(t, s, object), []table.Act{act})
	got, found, err := s.Acted(t.Context(), act.ID)
	must(t, err)
	same(t, "found", found, true)
	same(t, "act", got, act)
	if _, found, err := s.Acted(t.Context(), "other"); found || err != nil {
		t.Errorf("an act that nobody did: %v, %v", found, err)
	}
	same(t, "committed", committed(t, s, "sembako"), int64(0))
}

func actRefused(t *testing.T, s Store) {
	load(t, s)
	before, after := submit(t, s, 1, Units("sembako", 101))
	act := Act(1, "commitment/"+string(before.ID))
	overRemaining(t, "Pledge", Pledge(table.Acting(t.Context(), act), s, before, after, Noon), aid.NeedOf(RW, "sembako"), 100)
	same(t, "acts", acts(t, s, act.Object), []table.Act{})
	if _, found, err := s.Acted(t.Context(), act.ID); found || err != nil {
		t.Errorf("a refused act is there: %v, %v", found, err)
	}
}

func actOnce(t *testing.T, s Store) {
	load(t, s)
	act := Act(1, "recipient/"+string(RW))
	must(t, s.Pause(table.Acting(t.Context(), act), RW, true))
	must(t, s.Pause(t.Context(), RW, false)) // somebody else, meanwhile
	again := act
	again.At, again.Before, again.After = act.At.Add(time.Hour), "", ""
	must(t, s.Pause(table.Acting(t.Context(), again), RW, true))
	got, err := s.Access(t.Context(), RW)
	must(t, err)
	same(t, "paused by the request repeated", got.Paused, false)
	same(t, "acts", acts(t, s, act.Object), []table.Act{act})
	must(t, s.Record(t.Context(), again))
	same(t, "acts", acts(t, s, act.Object), []table.Act{act})
}

func actTaken(t *testing.T, s Store) {
	load(t, s)
	act := Act(1, "recipient/"+string(RW))
	must(t, s.Record(t.Context(), act))
	for name, alter := range map[string]func(*table.Act){
		"object":  func(a *table.Act) { a.Object = "recipient/other" },
		"action":  func(a *table.Act) { a.Action = "other" },
		"officer": func(a *table.Act) { a.By = "officer-2" },
		"reason":  func(a *table.Act) { a.Reason, a.At = "lain", a.At.Add(time.Second) },
	} {
		other := act
		alter(&other)
		wants(t, "another "+name, s.Pause(table.Acting(t.Context(), other), RW, true), aid.ErrExists)
	}
	got, err := s.Access(t.Context(), RW)
	must(t, err)
	same(t, "paused", got.Paused, false)
}

func actOfSeveral(t *testing.T, s Store) {
	load(t, s)
	act := Act(1, "recipient/"+string(RW))
	ctx := table.Acting(t.Context(), act)
	for range 2 { // the second time, as a machine that goes on where it stopped
		must(t, s.Pause(ctx, RW, true))
		must(t, s.ReplaceLink(ctx, RW, 2))
		must(t, s.RecordCorrection(ctx, Leaf, aid.Correction{On: Noon, Reason: "contoh", By: "kantor"}))
	}
	got, err := s.Access(t.Context(), RW)
	must(t, err)
	same(t, "access", got, table.Access{Version: 2, Paused: true})
	same(t, "acts", acts(t, s, act.Object), []table.Act{act})
}

func actStale(t *testing.T, s Store) {
	load(t, s)
	must(t, s.ReplaceLink(table.Acting(t.Context(), Act(1, "recipient/"+string(RW))), RW, 2))
	wants(t, "the same by somebody else", s.ReplaceLink(table.Acting(t.Context(), Act(2, "recipient/"+string(RW))), RW, 2), aid.ErrStale)
	must(t, s.ReplaceLink(t.Context(), RW, 2)) // nobody of the staff: a repeat
	same(t, "acts", len(acts(t, s, "recipient/"+string(RW))), 1)
}

func actRace(t *testing.T, s Store) {
	load(t, s)
	before := pledged(t, s, 1, Units("sembako", 3))
	after, err := before.WithdrawnFor("other", aid.Officer, Noon, Catalogue())
	must(t, err)
	const officers = 6
	told := make([]error, officers)
	var wg sync.WaitGroup
	for n := range officers {
		wg.Go(func() {
			act := Act(n, "commitment/"+string(before.ID))
			act.By = aid.OfficerID(fmt.Sprint("officer-", n))
			for told[n] = aid.ErrBusy; errors.Is(told[n], aid.ErrBusy); {
				told[n] = Withdraw(table.Acting(t.Context(), act), s, before, after, Noon)
			}
		})
	}
	wg.Wait()
	made := 0
	for n, err := range told {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, aid.ErrStale):
			t.Errorf("officer %d is told %v; want stale", n, err)
		}
	}
	same(t, "made", made, 1)
	same(t, "acts", len(acts(t, s, "commitment/"+string(before.ID))), 1)
	same(t, "committed", committed(t, s, "sembako"), int64(0))
}

func audited(t *testing.T, s Store) {
	var all []table.Act
	for n := range 9 {
		a := Act(n, fmt.Sprint("thing/", n%2))
		a.At = Noon.Add(time.Duration(n) * 10 * time.Hour) // over five UTC days
		if n%3 == 0 {
			a.By, a.Deed = "officer-2", aid.ReviewEvidence
		}
		must(t, s.Record(t.Context(), a))
		all = append([]table.Act{a}, all...)
	}
	for name, q := range map[string]table.AuditQuery{
		"all":                 {From: Noon, To: Noon.AddDate(0, 0, 30)},
		"an object":           {Object: "thing/1"},
		"an officer":          {Officer: "officer-2"},
		"both":                {Object: "thing/1", Officer: "officer-1"},
		"a deed":              {From: Noon, To: Noon.AddDate(0, 0, 30), Deed: aid.ReviewEvidence},
		"a time":              {From: all[6].At, To: all[2].At},
		"an object of a time": {Object: "thing/0", From: all[6].At, To: all[2].At},
		"nothing":             {Object: "thing/9"},
		"no time":             {From: Noon, To: Noon},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(a table.Act) bool {
			return q.Object != "" && a.Object != q.Object || q.Officer != "" && a.By != q.Officer || q.Deed != "" && a.Deed != q.Deed ||
				!q.From.IsZero() && a.At.Before(q.From) || !q.To.IsZero() && !a.At.Before(q.To)
		})
		for _, limit := range []int{1, 2, 100} {
			got, cursor := []table.Act{}, ""
			for range 20 {
				page, next, err := s.Audit(t.Context(), q, cursor, limit)
				must(t, err)
				if len(page) > limit {
					t.Errorf("%s: %d acts on a page of %d", name, len(page), limit)
				}
				got = append(got, page...)
				if cursor = next; cursor == "" {
					break
				}
			}
			same(t, fmt.Sprintf("%s, %d at a time", name, limit), got, want)
		}
	}
	// Acts of a long time ago are found through days without any.
	got, cursor := []table.Act{}, ""
	for range 10 {
		page, next, err := s.Audit(t.Context(), table.AuditQuery{From: Noon, To: Noon.AddDate(0, 0, 100)}, cursor, 100)
		must(t, err)
		got = append(got, page...)
		if cursor = next; cursor == "" {
			break
		}
	}
	same(t, "after a hundred days", got, all)
	if _, _, err := s.Audit(t.Context(), table.AuditQuery{}, "", 10); err == nil {
		t.Error("all acts of all time were read")
	}
	_, _, err := s.Audit(t.Context(), table.AuditQuery{Object: "thing/1"}, "!", 10)
	wants(t, "a cursor that was none", err, aid.ErrNotFound)
}

func accounts(t *testing.T, s Store) {
	_, err := s.Officer(t.Context(), "officer-1")
	wants(t, "Officer", err, aid.ErrNotFound)
	none, err := s.Officers(t.Context())
	must(t, err)
	same(t, "none", none, []aid.Account{})
	one := Account(1)
	must(t, s.PutOfficer(t.Context(), aid.Account{}, one))
	must(t, s.PutOfficer(t.Context(), aid.Account{}, one)) // again
	other := one
	other.Role, other.Areas = aid.StaffAdmin, nil
	wants(t, "another first version", s.PutOfficer(t.Context(), aid.Account{}, other), aid.ErrStale)
	two := one
	two.Suspended, two.Version, two.ChangedAt = true, 2, Noon.Add(time.Hour)
	must(t, s.PutOfficer(table.Acting(t.Context(), Act(1, "officer/officer-1")), one, two))
	other.Version = 2
	wants(t, "two at once", s.PutOfficer(table.Acting(t.Context(), Act(2, "officer/officer-1")), one, other), aid.ErrStale)
	must(t, s.PutOfficer(t.Context(), aid.Account{}, Account(2)))
	if err := s.PutOfficer(t.Context(), two, two); err == nil {
		t.Error("a change that is none was stored")
	}
	got, err := s.Officer(t.Context(), "officer-1")
	must(t, err)
	same(t, "officer", got, two)
	all, err := s.Officers(t.Context())
	must(t, err)
	same(t, "officers", all, []aid.Account{two, Account(2)})
	same(t, "acts", len(acts(t, s, "officer/officer-1")), 1)
}

// lane reads a whole lane of the kota of the RW.
func lane(t testing.TB, s Store, l aid.Lane) []table.WorkItem {
	t.Helper()
	items, next, err := s.Work(t.Context(), l, "31.74", time.Time{}, time.Time{}, "", 1000)
	must(t, err)
	for next != "" { // the engine may stop before the limit
		var more []table.WorkItem
		more, next, err = s.Work(t.Context(), l, "31.74", time.Time{}, time.Time{}, next, 1000)
		must(t, err)
		items = append(items, more...)
	}
	return items
}

// waits fails unless the commitments wait in this lane and no other.
func waits(t testing.TB, s Store, c aid.Commitment, want aid.Lane, at time.Time) {
	t.Helper()
	for _, l := range []aid.Lane{aid.LaneContact, aid.LaneDelivery, aid.LaneAnswer, aid.LaneDispute} {
		items := slices.DeleteFunc(lane(t, s, l), func(w table.WorkItem) bool { return w.ID != string(c.ID) })
		switch {
		case l != want && len(items) > 0:
			t.Errorf("%s waits in %s, too: %+v", c.State, l, items)
		case l == want && (len(items) != 1 || items[0].Kind != table.WorkCommitment || !items[0].At.Equal(at) || items[0].Recipient != c.Recipient || items[0].Area != "31.74.01.1001"):
			t.Errorf("%s waits in %s: %+v; want it there for %v", c.State, l, items, at)
		}
	}
}

func workOfCommitments(t *testing.T, s Store) {
	load(t, s)
	submitted, _ := submit(t, s, 9, Units("sembako", 1))
	waits(t, s, submitted, "", time.Time{})
	l := tell(t, s, 1, Units("sembako", 10))
	waits(t, s, l.c, aid.LaneContact, l.c.ContactBy)
	l.contacted()
	waits(t, s, l.c, aid.LaneDelivery, l.c.Period.To.Plus(1).Begins(time.UTC))
	l.signed().reported("a", 10)
	waits(t, s, l.c, aid.LaneAnswer, l.c.Deliveries[0].ReportedAt.AddDate(0, 0, aid.AnswerDays))
	l.received("a", aid.Fewer, 8)
	waits(t, s, l.c, aid.LaneDispute, l.c.Deliveries[0].AnsweredAt)
	settled, err := l.c.SettledAs("a", []int64{10}, aid.Officer, l.now, Catalogue())
	l.then(aid.Settle, settled, err)
	waits(t, s, l.c, "", time.Time{})
	facts, err := s.WorkFacts(t.Context(), []table.WorkItem{})
	must(t, err)
	same(t, "facts of nothing", len(facts.Commitments)+len(facts.Recipients), 0)
}

func workPages(t *testing.T, s Store) {
	load(t, s)
	var want []string
	for n := range 5 {
		c := pledged(t, s, n+1, Units("sembako", 1))
		want = append(want, string(c.ID))
	}
	for _, limit := range []int{1, 2, 5, 9} {
		var got []string
		cursor := ""
		for range 10 {
			items, next, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, cursor, limit)
			must(t, err)
			if len(items) > limit {
				t.Errorf("%d items on a page of %d", len(items), limit)
			}
			for _, w := range items {
				got = append(got, w.ID)
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		same(t, fmt.Sprintf("%d at a time", limit), got, want)
	}
	at := verified(t, Submission(1, Units("sembako", 1)).Commitment).ContactBy
	for name, try := range map[string]struct {
		from, to time.Time
		want     int
	}{
		"from its instant":  {at, time.Time{}, 5},
		"after its instant": {at.Add(time.Millisecond), time.Time{}, 0},
		"until its instant": {time.Time{}, at, 0},
		"just beyond it":    {time.Time{}, at.Add(time.Millisecond), 5},
	} {
		items, _, err := s.Work(t.Context(), aid.LaneContact, "31.74", try.from, try.to, "", 1)
		must(t, err)
		counts, capped, err := s.WorkCounts(t.Context(), aid.LaneContact, "31.74", try.from, try.to)
		must(t, err)
		if min(1, try.want) != len(items) || !capped && counts["31.74.01.1001"] != try.want {
			t.Errorf("%s there are %d and %v (more: %v); want %d", name, len(items), counts, capped, try.want)
		}
	}
	_, _, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, "x", 1)
	wants(t, "a cursor that was none", err, aid.ErrNotFound)
	_, cursor, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, "", 1)
	must(t, err)
	_, _, err = s.Work(t.Context(), aid.LaneContact, "31.75", time.Time{}, time.Time{}, cursor, 1)
	wants(t, "the cursor of another kota", err, aid.ErrNotFound)
}

func workOfSome(t *testing.T, s Store) {
	listings := Listings()
	var carried []string
	for n := range 12 {
		c := verified(t, Submission(n+1, Gift(1)).Commitment)
		if n%3 == 1 {
			c.Route, c.Aggregator = aid.Aggregate, Carrier
			carried = append(carried, string(c.ID))
		}
		c.ContactBy = Noon.Add(time.Duration(n) * time.Minute)
		listings[0].History = append(listings[0].History, c)
	}
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	for name, theirs := range map[string]struct {
		are  func(table.WorkItem) bool
		want []string
	}{
		"an aggregator's":   {func(w table.WorkItem) bool { return w.Aggregator == Carrier }, carried},
		"another's":         {func(w table.WorkItem) bool { return w.Aggregator != Carrier && w.Aggregator != "" }, nil},
		"of the kelurahan":  {func(w table.WorkItem) bool { return w.Area == "31.74.01.1001" && w.Aggregator != "" }, carried},
		"of another":        {func(w table.WorkItem) bool { return w.Area == "31.74.01.100" }, nil},
		"after a while":     {func(w table.WorkItem) bool { return w.ID == carried[3] }, carried[3:]},
		"the first of them": {func(w table.WorkItem) bool { return w.ID == carried[0] }, carried[:1]},
	} {
		for _, limit := range []int{1, 2, 4, 50} {
			var got []string
			for cursor, n := "", 0; n < 20; n++ {
				items, next, err := s.WorkOf(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, theirs.are, cursor, limit)
				must(t, err)
				if len(items) > limit {
					t.Errorf("%s: %d items on a page of %d", name, len(items), limit)
				}
				for _, w := range items {
					got = append(got, w.ID)
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			same(t, fmt.Sprintf("%s, %d at a time", name, limit), got, theirs.want)
		}
	}
	// What was there when a page was read may be over when the next one is.
	_, cursor, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, time.Time{}, "", 4)
	must(t, err)
	later := 0
	for at := cursor; ; { // the engine may stop before the limit
		items, next, err := s.Work(t.Context(), aid.LaneContact, "31.74", Noon.Add(10*time.Minute), time.Time{}, at, 9)
		must(t, err)
		if later += len(items); next == "" {
			break
		}
		at = next
	}
	same(t, "after a cursor that is over", later, 2)
	none, next, err := s.Work(t.Context(), aid.LaneContact, "31.74", time.Time{}, Noon.Add(time.Minute), cursor, 9)
	must(t, err)
	same(t, "before a cursor that is yet to come", len(none)+len(next), 0)
}

func workOfAll(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	c := pledged(t, s, 1, Units("sembako", 1), Gift(1))
	e := aid.Evidence{ID: "file", Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Kind: aid.EvidencePhoto, State: aid.EvidenceAwaited, At: Noon}
	must(t, s.AddEvidence(ctx, e))
	e.State, e.CheckedAt = aid.EvidenceAccepted, Noon.Add(time.Hour)
	must(t, s.JudgeEvidence(ctx, e))
	complaint := file(t, s, 1) // names a unit: for the complaints officer of the kota
	_, _, err := s.FileIdea(ctx, IdeaFiling(1))
	must(t, err)
	p, who := Proposal(1)
	must(t, s.Propose(ctx, p, who))
	var all []table.WorkItem
	for _, l := range []aid.Lane{aid.LaneContact, aid.LaneEvidence, aid.LaneModeration, aid.LaneComplaint, aid.LaneProposal} {
		items := lane(t, s, l)
		same(t, "waiting in "+string(l), len(items), 1)
		all = append(all, items...)
	}
	ideas, _, err := s.Work(ctx, aid.LaneIdea, "", time.Time{}, time.Time{}, "", 10)
	must(t, err)
	stale := lane(t, s, aid.LaneStale)
	same(t, "needs", len(stale), 3)
	same(t, "confirmed", stale[0].At, Today.Begins(time.UTC))
	all = append(append(all, ideas...), stale...)
	facts, err := s.WorkFacts(ctx, all)
	must(t, err)
	stored, err := s.Commitment(ctx, RW, c.ID)
	must(t, err)
	place, _, err := s.Place(ctx, RW)
	must(t, err)
	same(t, "commitments", facts.Commitments, map[aid.CommitmentID]aid.Commitment{c.ID: stored})
	same(t, "evidence", facts.Evidence, map[aid.EvidenceID]aid.Evidence{e.ID: e})
	same(t, "moderations", facts.Moderations, map[aid.CommitmentID]table.Moderation{c.ID: {Recipient: RW, Commitment: c.ID}})
	same(t, "complaints", facts.Complaints, map[aid.ComplaintID]aid.Complaint{complaint.ID: complaint})
	same(t, "ideas", facts.Ideas, map[aid.IdeaID]aid.Idea{IdeaFiling(1).Idea.ID: IdeaFiling(1).Idea})
	same(t, "proposals", facts.Proposals, map[aid.ProposalID]aid.Proposal{p.ID: p})
	same(t, "recipient", facts.Recipients[RW], place.Recipient)
	if len(facts.Needs) != 3 || len(facts.Recipients) != 2 {
		t.Errorf("%d needs, %d recipients; want three of two", len(facts.Needs), len(facts.Recipients))
	}
	// Whoever confirms a need has done that work.
	must(t, s.ConfirmNeed(ctx, Leaf, aid.NeedOf(RW, "sembako"), true, Today.Plus(9), "kelurahan", Noon))
	same(t, "the last of the needs", lane(t, s, aid.LaneStale)[2].ID, string(aid.NeedOf(RW, "sembako")))
	listings := Listings()
	listings[0].Needs[1].ConfirmedOn, listings[0].Needs[1].Needed = Today.Plus(12), 50
	must(t, s.Load(ctx, listings, Catalogue(), Noon))
	same(t, "the last of the needs", lane(t, s, aid.LaneStale)[2].ID, string(aid.NeedOf(RW, "lebaran")))
}

func desks(t *testing.T, s Store) {
	ctx := t.Context()
	d, err := s.Desk(ctx, "complaint/x")
	must(t, err)
	same(t, "nobody's", d, table.Desk{})
	must(t, s.Assign(ctx, "complaint/x", d, "one", "Satu", Noon))
	wants(t, "taken at once by two", s.Assign(ctx, "complaint/x", d, "two", "Dua", Noon), aid.ErrStale)
	d, err = s.Desk(ctx, "complaint/x")
	must(t, err)
	same(t, "desk", d, table.Desk{To: "one", Name: "Satu", At: Noon, Version: 1})
	must(t, s.WriteNote(ctx, "complaint/x", table.OfficeNote{ID: "n", At: Noon, By: "one", Name: "Satu", Text: "kata"}))
	must(t, s.Assign(ctx, "complaint/x", d, "two", "Dua", Noon.Add(time.Hour)))
	must(t, s.Assign(ctx, "complaint/y", table.Desk{}, "one", "Satu", Noon))
	all, err := s.Desks(ctx, []string{"complaint/x", "complaint/y", "complaint/z", "complaint/x"})
	must(t, err)
	same(t, "desks", all, map[string]table.Desk{
		"complaint/x": {To: "two", Name: "Dua", At: Noon.Add(time.Hour), Notes: 1, Version: 3},
		"complaint/y": {To: "one", Name: "Satu", At: Noon, Version: 1},
	})
	must(t, s.Assign(ctx, "complaint/x", all["complaint/x"], "", "", Noon))
	d, err = s.Desk(ctx, "complaint/x")
	must(t, err)
	same(t, "given back", d, table.Desk{Notes: 1, Version: 4})
}

func notes(t *testing.T, s Store) {
	ctx := t.Context()
	none, err := s.Notes(ctx, "commitment/x")
	must(t, err)
	same(t, "none", none, []table.OfficeNote{})
	first := table.OfficeNote{ID: "a", At: Noon, By: "one", Name: "Satu", Text: "pertama"}
	second := table.OfficeNote{ID: "b", At: Noon.Add(time.Second), By: "two", Name: "Dua", Text: "kedua"}
	must(t, s.WriteNote(ctx, "commitment/x", second))
	must(t, s.WriteNote(ctx, "commitment/x", first))
	must(t, s.WriteNote(ctx, "commitment/x", first))
	all, err := s.Notes(ctx, "commitment/x")
	must(t, err)
	same(t, "notes", all, []table.OfficeNote{first, second})
	d, err := s.Desk(ctx, "commitment/x")
	must(t, err)
	same(t, "count", d.Notes, 2)
}

func notesAtOnce(t *testing.T, s Store) {
	const writers = 5
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			note := table.OfficeNote{ID: fmt.Sprint(n), At: Noon, By: "one", Text: "kata"}
			for err := error(aid.ErrBusy); errors.Is(err, aid.ErrBusy); {
				if err = s.WriteNote(t.Context(), "need/x", note); err != nil && !errors.Is(err, aid.ErrBusy) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all, err := s.Notes(t.Context(), "need/x")
	must(t, err)
	d, err := s.Desk(t.Context(), "need/x")
	must(t, err)
	if len(all) != writers || d.Notes != writers {
		t.Errorf("%d notes, %d counted; want %d", len(all), d.Notes, writers)
	}
}

func reviewed(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	c := pledged(t, s, 1, Units("sembako", 1))
	e := aid.Evidence{ID: "file", Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, Kind: aid.EvidencePhoto, State: aid.EvidenceAwaited, At: Noon}
	must(t, s.AddEvidence(ctx, e))
	early := e
	early.State = aid.EvidenceAccepted
	tooSoon, err := early.Reviewed(aid.Approved, Noon)
	must(t, err)
	wants(t, "before it came", s.ReviewEvidence(ctx, early, tooSoon, Noon), aid.ErrStale)
	e.State, e.CheckedAt = aid.EvidenceAccepted, Noon
	must(t, s.JudgeEvidence(ctx, e))
	rev := place(t, s).Activity.Rev
	yes, err := e.Reviewed(aid.Approved, Noon.Add(time.Hour))
	must(t, err)
	no, err := e.Reviewed(aid.Rejected, Noon.Add(time.Hour))
	must(t, err)
	must(t, s.ReviewEvidence(table.Acting(ctx, Act(1, "evidence/file")), e, yes, Noon.Add(time.Hour)))
	must(t, s.ReviewEvidence(ctx, e, yes, Noon.Add(time.Hour)))
	wants(t, "the second of two", s.ReviewEvidence(table.Acting(ctx, Act(2, "evidence/file")), e, no, Noon), aid.ErrStale)
	wants(t, "the same by another", s.ReviewEvidence(table.Acting(ctx, Act(3, "evidence/file")), e, yes, Noon), aid.ErrStale)
	got, err := s.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: e.ID})
	must(t, err)
	same(t, "file", got, yes)
	same(t, "published", place(t, s).Activity.Rev, rev+1)
	same(t, "waiting", len(lane(t, s, aid.LaneEvidence)), 0)
	back, err := yes.Reviewed("", Noon.Add(2*time.Hour))
	must(t, err)
	must(t, s.ReviewEvidence(ctx, yes, back, Noon.Add(2*time.Hour)))
	same(t, "waiting again", len(lane(t, s, aid.LaneEvidence)), 1)
	if err := s.ReviewEvidence(ctx, back, back, Noon); err == nil {
		t.Error("a review that is none was stored")
	}
	unknown := e
	unknown.ID = "other"
	unknownYes, err := unknown.Reviewed(aid.Approved, Noon)
	must(t, err)
	wants(t, "an unknown file", s.ReviewEvidence(ctx, unknown, unknownYes, Noon), aid.ErrNotFound)
}

func hidden(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	c := pledged(t, s, 1, Units("sembako", 1), Gift(1000))
	rev := place(t, s).Activity.Rev
	hide := func(before aid.Commitment, name bool, lines ...int) aid.Commitment {
		t.Helper()
		after, out, err := before.Without(name, lines, Noon.Add(3*time.Hour), Catalogue())
		must(t, err)
		change := table.Change{Move: aid.Hide, Before: before, After: after, At: Noon.Add(3 * time.Hour), Hidden: out}
		must(t, s.Move(ctx, change))
		must(t, s.Move(ctx, change))
		return after
	}
	nameless := hide(c, true)
	wordless := hide(nameless, false, 1)
	stored, err := s.Commitment(ctx, RW, c.ID)
	must(t, err)
	same(t, "commitment", stored, wordless)
	if stored.Name != "" || stored.Lines[1].Free != aid.HiddenText || !stored.NameHidden || !slices.Equal(stored.TextsHidden, []int{1}) {
		t.Errorf("shown: %q, %q", stored.Name, stored.Lines[1].Free)
	}
	out, err := s.Hidden(ctx, c.ID)
	must(t, err)
	same(t, "apart", out, aid.Hidden{Name: c.Name, Salt: c.Salt, Lines: []aid.HiddenLine{{Line: 1, Free: "selimut"}}})
	same(t, "published", place(t, s).Activity.Rev, rev+2)
	judged, err := s.Moderation(ctx, RW, c.ID)
	must(t, err)
	same(t, "looked at", judged.DecidedAt, Noon.Add(3*time.Hour))

	shown, err := wordless.With(out, Noon.Add(4*time.Hour), Catalogue())
	must(t, err)
	must(t, s.Move(ctx, table.Change{Move: aid.Show, Before: wordless, After: shown, At: Noon.Add(4 * time.Hour), Hidden: out}))
	stored, err = s.Commitment(ctx, RW, c.ID)
	must(t, err)
	same(t, "name", stored.Name, c.Name)
	same(t, "lines", stored.Lines, c.Lines)
	out, err = s.Hidden(ctx, c.ID)
	must(t, err)
	same(t, "apart", out, aid.Hidden{})

	// Whoever is forgotten has nothing lying anywhere.
	again := hide(stored, true)
	gone, err := again.WithdrawnFor("other", aid.Collaborator, Noon.Add(5*time.Hour), Catalogue())
	must(t, err)
	must(t, Withdraw(ctx, s, again, gone, Noon.Add(5*time.Hour)))
	forgotten, err := gone.Forgotten(aid.Collaborator, Noon.Add(6*time.Hour), Catalogue())
	must(t, err)
	must(t, s.Move(ctx, table.Change{Move: aid.Forget, Before: gone, After: forgotten, At: Noon.Add(6 * time.Hour)}))
	out, err = s.Hidden(ctx, c.ID)
	must(t, err)
	same(t, "apart", out, aid.Hidden{})
}

func moderation(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	anonymous := Submission(2, Units("sembako", 1))
	anonymous.Commitment.Name = ""
	before, _, err := s.Submit(ctx, anonymous)
	must(t, err)
	must(t, Pledge(ctx, s, before, verified(t, before), Noon))
	_, err = s.Moderation(ctx, RW, before.ID)
	wants(t, "nothing was written freely", err, aid.ErrNotFound)
	c := pledged(t, s, 1, Units("sembako", 1))
	same(t, "waiting", len(lane(t, s, aid.LaneModeration)), 1)
	first, err := s.Moderation(ctx, RW, c.ID)
	must(t, err)
	must(t, s.Moderate(table.Acting(ctx, Act(1, "commitment/"+string(c.ID))), c, first, Noon))
	wants(t, "the second of two", s.Moderate(table.Acting(ctx, Act(2, "commitment/"+string(c.ID))), c, first, Noon), aid.ErrStale)
	same(t, "waiting", len(lane(t, s, aid.LaneModeration)), 0)
	decided, err := s.Moderation(ctx, RW, c.ID)
	must(t, err)
	same(t, "decided", decided, table.Moderation{Recipient: RW, Commitment: c.ID, DecidedAt: Noon, Version: 1})
	must(t, s.Moderate(ctx, c, decided, time.Time{}))
	same(t, "waiting again", len(lane(t, s, aid.LaneModeration)), 1)
}

func samePhone(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	one := pledged(t, s, 1, Units("sembako", 1))
	two := pledged(t, s, 2, Units("sembako", 1))
	other := Submission(3, Units("sembako", 1))
	other.Credential.Contact.Phone = "+620000000999"
	before, _, err := s.Submit(ctx, other)
	must(t, err)
	must(t, Pledge(ctx, s, before, verified(t, before), Noon))
	submit(t, s, 4, Units("sembako", 1)) // never proven
	uses, err := s.SamePhone(ctx, one, Noon)
	must(t, err)
	same(t, "the same number", uses, []table.PhoneUse{{Commitment: two.ID, Recipient: RW, At: two.PledgedAt}})
	uses, err = s.SamePhone(ctx, one, two.PledgedAt.Add(time.Millisecond))
	must(t, err)
	same(t, "later", uses, []table.PhoneUse{})
	uses, err = s.SamePhone(ctx, before, Noon)
	must(t, err)
	same(t, "another number", uses, []table.PhoneUse{})
	gone := withdrawn(t, two, "other")
	must(t, Withdraw(ctx, s, two, gone, Noon))
	forgotten, err := gone.Forgotten(aid.Collaborator, Noon.Add(3*time.Hour), Catalogue())
	must(t, err)
	must(t, s.Move(ctx, table.Change{Move: aid.Forget, Before: gone, After: forgotten, At: Noon.Add(3 * time.Hour)}))
	uses, err = s.SamePhone(ctx, one, Noon)
	must(t, err)
	same(t, "of somebody forgotten", uses, []table.PhoneUse{})
	uses, err = s.SamePhone(ctx, forgotten, Noon)
	must(t, err)
	same(t, "asked of somebody forgotten", uses, []table.PhoneUse{})
}

func samePicture(t *testing.T, s Store) {
	ctx := t.Context()
	for _, e := range []aid.Evidence{
		{ID: "b", Commitment: "one", Recipient: RW, Leaf: Leaf, SHA256: "feed", State: aid.EvidenceAwaited, At: Noon},
		{ID: "a", Commitment: "two", Recipient: Panti, Leaf: Leaf, SHA256: "feed", State: aid.EvidenceAwaited, At: Noon},
		{ID: "c", Commitment: "two", Recipient: Panti, Leaf: Leaf, SHA256: "beef", State: aid.EvidenceAwaited, At: Noon},
		{ID: "d", Complaint: "three", SHA256: "feed", State: aid.EvidenceAwaited, At: Noon},
	} {
		must(t, s.AddEvidence(ctx, e))
	}
	refs, err := s.SamePicture(ctx, "feed")
	must(t, err)
	same(t, "the same picture", refs, []table.EvidenceRef{{Recipient: Panti, Commitment: "two", ID: "a"}, {Recipient: RW, Commitment: "one", ID: "b"}})
	none, err := s.SamePicture(ctx, "dead")
	must(t, err)
	same(t, "another picture", none, []table.EvidenceRef{})
}

// settledFor tells a life until ten sembako were received.
func settledFor(t *testing.T, s Store) *storyteller {
	t.Helper()
	load(t, s)
	return tell(t, s, 1, Units("sembako", 10)).contacted().signed().reported("a", 10).received("a", aid.Full)
}

func corrected(t *testing.T, s Store) {
	l := settledFor(t, s)
	after, err := l.c.Corrected("a", []int64{6}, l.now, Catalogue())
	before := l.c
	l.then(aid.Correct, after, err)
	needs(t, s, aid.Counts{Committed: 4, Received: 6}, aid.Counts{})
	c, found, err := s.Correction(t.Context(), Leaf)
	must(t, err)
	if !found || c.By == "" || c.Reason == "" {
		t.Errorf("the totals of the leaf may not fall: %+v, %v", c, found)
	}
	other, err := before.Corrected("a", []int64{7}, l.now, Catalogue())
	must(t, err)
	wants(t, "the second of two", s.Move(t.Context(), table.Change{Move: aid.Correct, Before: before, After: other, At: l.now}), aid.ErrStale)
}

func proposals(t *testing.T, s Store) {
	ctx := t.Context()
	p, who := Proposal(1)
	_, _, err := s.Proposal(ctx, p.ID)
	wants(t, "Proposal", err, aid.ErrNotFound)
	must(t, s.Propose(table.Acting(ctx, Act(1, "proposal/"+string(p.ID))), p, who))
	must(t, s.Propose(ctx, p, who))
	other := p
	other.Change = `{"other":true}`
	wants(t, "another under its id", s.Propose(ctx, other, who), aid.ErrExists)
	newer, _ := Proposal(2)
	must(t, s.Propose(ctx, newer, who))
	if err := s.Propose(ctx, newer, aid.Proposer{}); err == nil {
		t.Error("nobody proposed, and it was stored")
	}
	same(t, "waiting", len(lane(t, s, aid.LaneProposal)), 2)

	decide := func(to aid.ProposalState, n int) table.ProposalDecision {
		who := who
		who.DecidedBy, who.DecidedAs, who.Why = "officer-2", "Petugas Lain", "sebab"
		after, err := p.Decided(to, who, "officer-2", Noon.Add(time.Duration(n)*time.Hour))
		must(t, err)
		return table.ProposalDecision{Before: p, After: after, Who: who}
	}
	no := decide(aid.ProposalRejected, 1)
	must(t, s.DecideProposal(table.Acting(ctx, Act(2, "proposal/"+string(p.ID))), no))
	must(t, s.DecideProposal(ctx, no))
	wants(t, "the second of two", s.DecideProposal(table.Acting(ctx, Act(3, "proposal/"+string(p.ID))), decide(aid.ProposalApproved, 2)), aid.ErrStale)
	got, gotWho, err := s.Proposal(ctx, p.ID)
	must(t, err)
	same(t, "proposal", got, no.After)
	same(t, "who", gotWho, no.Who)
	same(t, "waiting", len(lane(t, s, aid.LaneProposal)), 1)
	var all []aid.Proposal
	cursor := ""
	for range 5 {
		page, next, err := s.Proposals(ctx, cursor, 1)
		must(t, err)
		all = append(all, page...)
		if cursor = next; cursor == "" {
			break
		}
	}
	same(t, "proposals", all, []aid.Proposal{newer, no.After})
	bad := no
	bad.Change = &table.Change{}
	if err := s.DecideProposal(ctx, bad); err == nil {
		t.Error("what was rejected was made")
	}
	stranger := no
	stranger.Before.ID, stranger.After.ID = "x", "x"
	wants(t, "an unknown one", s.DecideProposal(ctx, stranger), aid.ErrNotFound)
}

func approved(t *testing.T, s Store) {
	l := settledFor(t, s)
	ctx := t.Context()
	decide := func(n int, change *table.Change, correction *aid.Correction) error {
		p, who := Proposal(n)
		must(t, s.Propose(ctx, p, who))
		who.DecidedBy, who.DecidedAs = "officer-2", "Petugas Lain"
		after, err := p.Decided(aid.ProposalApproved, who, "officer-2", l.now)
		must(t, err)
		return s.DecideProposal(table.Acting(ctx, Act(n, "proposal/"+string(p.ID))), table.ProposalDecision{
			Before: p, After: after, Who: who, Change: change, Leaf: Leaf, Correction: correction,
		})
	}
	after, err := l.c.Corrected("a", []int64{6}, l.now, Catalogue())
	must(t, err)
	must(t, decide(1, &table.Change{Move: aid.Correct, Before: l.c, After: after, At: l.now}, nil))
	needs(t, s, aid.Counts{Committed: 4, Received: 6}, aid.Counts{})
	// The commitment has moved on: neither the change nor the decision is made.
	other, err := l.c.Corrected("a", []int64{5}, l.now, Catalogue())
	must(t, err)
	wants(t, "a change of what is no longer so", decide(2, &table.Change{Move: aid.Correct, Before: l.c, After: other, At: l.now}, nil), aid.ErrStale)
	second, _ := Proposal(2)
	got, _, err := s.Proposal(ctx, second.ID)
	must(t, err)
	same(t, "its state", got.State, aid.ProposalOpen)
	same(t, "acts", len(acts(t, s, "proposal/"+string(second.ID))), 0)
	must(t, decide(3, nil, &aid.Correction{On: l.now.Add(time.Hour), Reason: "dua kali dihitung", By: "kantor"}))
	all, err := s.Corrections(ctx, Leaf)
	must(t, err)
	same(t, "corrections", len(all), 2)
}

func ideaDecided(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Idea(ctx, "x")
	wants(t, "Idea", err, aid.ErrNotFound)
	f := IdeaFiling(1)
	_, _, err = s.FileIdea(ctx, f)
	must(t, err)
	all, err := s.IdeasOf(ctx, "2026-03")
	must(t, err)
	same(t, "ideas", all, []aid.Idea{f.Idea})
	words, err := s.IdeaWords(ctx, f.Idea.ID)
	must(t, err)
	same(t, "words", words, f.Words)
	kept, err := f.Idea.Decided(aid.IdeaKept)
	must(t, err)
	spam, err := f.Idea.Decided(aid.IdeaSpam)
	must(t, err)
	must(t, s.MoveIdea(table.Acting(ctx, Act(1, "idea/x")), f.Idea, kept))
	wants(t, "the second of two", s.MoveIdea(table.Acting(ctx, Act(2, "idea/x")), f.Idea, spam), aid.ErrStale)
	got, err := s.Idea(ctx, f.Idea.ID)
	must(t, err)
	same(t, "idea", got, kept)
	waiting, _, err := s.Work(ctx, aid.LaneIdea, "", time.Time{}, time.Time{}, "", 10)
	must(t, err)
	same(t, "waiting", len(waiting), 0)
	stranger := f.Idea
	stranger.ID, spam.ID = "x", "x"
	wants(t, "an unknown one", s.MoveIdea(ctx, stranger, spam), aid.ErrNotFound)
	none, err := s.IdeasOf(ctx, "2026-04")
	must(t, err)
	same(t, "none", none, []aid.Idea{})
}
