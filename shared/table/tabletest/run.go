package tabletest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Run tries every promise of package table on stores that open makes, empty and
// independent of each other.
func Run(t *testing.T, open func(testing.TB) Store) {
	claims := append([]claim{
		{"NothingLoadedIsAnEmptyLeaf", emptyLeaf},
		{"UnknownThingsAreNotFound", unknown},
		{"LoadedPlacesComeBackAsTheyWere", loaded},
		{"LoadingAgainKeepsCounters", loadedAgain},
		{"LoadBesidePledgesKeepsTheBalance", loadedBesidePledges},
		{"LoadRefusesWhatCouldNotBeFoundAgain", loadRefuses},
		{"SubmissionReservesNothing", submissionReservesNothing},
		{"RepeatedSubmissionWritesNothing", submissionRepeated},
		{"AnIdBelongsToOneSubmission", submissionTaken},
		{"AChallengePaysOnce", challengePaysOnce},
		{"PledgeTakesWhatItPromises", pledgeTakes},
		{"PledgeTwiceTakesOnce", pledgeTwice},
		{"LinesOnOneNeedAddUp", linesAddUp},
		{"PledgeTakesAllOrNothing", pledgeAllOrNothing},
		{"MovesFromAnotherStateAreStale", stale},
		{"MoveRepeatedAfterTheNextMoveChangesNothing", repeatedLate},
		{"MovesThatAreNoneAreRefused", notAMove},
		{"WithdrawalGivesBack", withdrawalGivesBack},
		{"WithdrawnSubmissionTouchesNoTotal", withdrawnSubmission},
		{"WrongCodesNeverPassTheLimit", wrongCodes},
		{"KeyStaysTheSame", keyStays},
		{"RevealIsChargedOnce", revealOnce},
		{"EachBudgetIsNamedWhenUsedUp", budgetsNamed},
		{"RegionBudgetGrowsWithUse", regionGrows},
		{"LetterIsSentOnce", letterOnce},
		{"LatestCorrectionCounts", corrections},
		{"InstantsAreKeptToTheMillisecond", instants},
		{"ManyClientsNeverOverCommit", manyClients},
		{"TheSameAtOnceHappensOnce", sameAtOnce},
	}, lifeClaims...)
	for _, claim := range claims {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// claim is something that a store promises.
type claim struct {
	name string
	try  func(*testing.T, Store)
}

// load fills a store with the small region.
func load(t testing.TB, s Store) {
	t.Helper()
	must(t, s.Load(t.Context(), Listings(), Catalogue(), Noon))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// wants fails unless err wraps the refusal.
func wants(t testing.TB, what string, err, refusal error) {
	t.Helper()
	if !errors.Is(err, refusal) {
		t.Errorf("%s = %v; want %q", what, err, refusal)
	}
}

// overRemaining fails unless err refuses because so many of a need are left.
func overRemaining(t testing.TB, what string, err error, need aid.NeedID, remaining int64) {
	t.Helper()
	var over *aid.OverRemainingError
	if !errors.As(err, &over) {
		t.Errorf("%s = %v; want over remaining", what, err)
		return
	}
	same(t, what, *over, aid.OverRemainingError{Need: need, Remaining: remaining})
}

// submit makes the nth submission and returns the commitment and what it
// becomes when verified.
func submit(t testing.TB, s Store, n int, lines ...aid.Line) (before, after aid.Commitment) {
	t.Helper()
	before, repeated, err := s.Submit(t.Context(), Submission(n, lines...))
	must(t, err)
	if repeated {
		t.Fatalf("submission %d was there already", n)
	}
	return before, verified(t, before)
}

func verified(t testing.TB, c aid.Commitment) aid.Commitment {
	t.Helper()
	after, err := c.Verified(Noon.Add(time.Hour), Catalogue())
	must(t, err)
	return after
}

func withdrawn(t testing.TB, c aid.Commitment, reason string) aid.Commitment {
	t.Helper()
	after, err := c.WithdrawnFor(reason, aid.Collaborator, Noon.Add(2*time.Hour), Catalogue())
	must(t, err)
	return after
}

// pledged submits and pledges.
func pledged(t testing.TB, s Store, n int, lines ...aid.Line) aid.Commitment {
	t.Helper()
	before, after := submit(t, s, n, lines...)
	must(t, Pledge(t.Context(), s, before, after, after.PledgedAt))
	return after
}

// place reads the RW and fails unless its figures are the sum of its
// commitments.
func place(t testing.TB, s Store) aid.Place {
	t.Helper()
	p, leaf, err := s.Place(t.Context(), RW)
	must(t, err)
	same(t, "leaf of the RW", leaf, Leaf)
	commitments, err := s.Commitments(t.Context(), RW)
	must(t, err)
	if err := Balance(p, commitments); err != nil {
		t.Error(err)
	}
	return p
}

// committed returns what is committed of a package at the RW.
func committed(t testing.TB, s Store, p aid.PackageID) int64 {
	t.Helper()
	for _, n := range place(t, s).Needs {
		if n.Package == p {
			return n.Committed
		}
	}
	t.Fatalf("the RW does not need %s", p)
	return 0
}

func emptyLeaf(t *testing.T, s Store) {
	places, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	commitments, err := s.Commitments(t.Context(), RW)
	must(t, err)
	if places == nil || commitments == nil || len(places)+len(commitments) != 0 {
		t.Errorf("Leaf = %#v, Commitments = %#v; want empty, not nil", places, commitments)
	}
	must(t, s.Load(t.Context(), nil, Catalogue(), Noon))
}

func unknown(t *testing.T, s Store) {
	ctx := t.Context()
	_, _, err := s.Place(ctx, RW)
	wants(t, "Place", err, aid.ErrNotFound)
	_, err = s.LeafOf(ctx, RW)
	wants(t, "LeafOf", err, aid.ErrNotFound)
	_, err = s.Commitment(ctx, RW, CommitmentID(1))
	wants(t, "Commitment", err, aid.ErrNotFound)
	_, err = s.Credential(ctx, CommitmentID(1))
	wants(t, "Credential", err, aid.ErrNotFound)
	_, err = s.CountWrongCode(ctx, CommitmentID(1), 5)
	wants(t, "CountWrongCode", err, aid.ErrNotFound)
	_, err = s.Steward(ctx, RW)
	wants(t, "Steward", err, aid.ErrNotFound)
	letter := table.LetterKeyOf(CommitmentID(1), 1, aid.LetterCode)
	_, err = s.Letter(ctx, letter)
	wants(t, "Letter", err, aid.ErrNotFound)
	wants(t, "MarkSent", s.MarkSent(ctx, letter, Noon), aid.ErrNotFound)
	c := Submission(1, Units("sembako", 1)).Commitment
	wants(t, "Pledge", Pledge(ctx, s, c, verified(t, c), Noon), aid.ErrNotFound)
	wants(t, "Withdraw", Withdraw(ctx, s, c, withdrawn(t, c, "other"), Noon), aid.ErrNotFound)
	if _, found, err := s.Submitted(ctx, c.ID, "any"); found || err != nil {
		t.Errorf("Submitted = %v, %v; want neither", found, err)
	}
	if _, found, err := s.Correction(ctx, Leaf); found || err != nil {
		t.Errorf("Correction = %v, %v; want neither", found, err)
	}
	if all, err := s.Corrections(ctx, Leaf); all == nil || len(all) != 0 || err != nil {
		t.Errorf("Corrections = %#v, %v; want empty, not nil", all, err)
	}
	// A commitment may have been submitted to a place that is not there: the
	// promise is refused, and leaves nothing behind.
	before, after := submit(t, s, 2, Gift(1000))
	wants(t, "Pledge at an unknown recipient", Pledge(ctx, s, before, after, Noon), aid.ErrNotFound)
	stored, err := s.Commitment(ctx, RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, before)
}

func loaded(t *testing.T, s Store) {
	listings := Listings()
	old := Submission(9, Units("sembako", 4)).Commitment
	old.State, old.Version = aid.Received, 6
	listings[0].History = []aid.Commitment{old}
	listings[0].Needs[0].Received = 4
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))

	got, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	rw := aid.Place{Recipient: listings[0].Recipient, Activity: listings[0].Activity, Needs: []aid.Need{listings[0].Needs[1], listings[0].Needs[0]}}
	panti := aid.Place{Recipient: listings[1].Recipient, Needs: listings[1].Needs}
	same(t, "leaf", got, []aid.Place{panti, rw}) // '-' sorts before '.'
	got, err = s.Leaf(t.Context(), WorkshopLeaf)
	must(t, err)
	same(t, "the workshop's leaf", got, []aid.Place{{Recipient: listings[2].Recipient}})
	if got[0].Needs == nil {
		t.Error("needs of a place without any are nil")
	}
	one, leaf, err := s.Place(t.Context(), Panti)
	must(t, err)
	same(t, "panti", one, panti)
	same(t, "leaf of the panti", leaf, Leaf)
	leaf, err = s.LeafOf(t.Context(), Workshop)
	must(t, err)
	same(t, "leaf of the workshop", leaf, WorkshopLeaf)
	for _, l := range listings {
		contact, err := s.Steward(t.Context(), l.Recipient.ID)
		must(t, err)
		same(t, "steward", contact, l.Steward)
	}
	commitments, err := s.Commitments(t.Context(), RW)
	must(t, err)
	same(t, "history", commitments, []aid.Commitment{old})
	// What a caller does to its copy is its own affair.
	got, _ = s.Leaf(t.Context(), Leaf)
	got[1].Needs[0].Needed, got[1].Recipient.Flags[0].Source = 0, "changed"
	commitments[0].Lines[0].Quantity = 0
	again, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	same(t, "leaf after a caller changed its copy", again, []aid.Place{panti, rw})
}

func loadedAgain(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30), Gift(5000))
	before := place(t, s)
	load(t, s)
	same(t, "place after the same import", place(t, s), before)

	listings := Listings()
	rw := &listings[0]
	rw.Recipient.Name, rw.Recipient.Flags, rw.Recipient.Closed = "RW 03", nil, true
	rw.Steward.Phone = "+620000000033"
	rw.Activity = aid.Activity{Rev: 99, Open: 99}
	rw.History = []aid.Commitment{Submission(8, Units("sembako", 1)).Commitment}
	rw.Needs[0].Needed, rw.Needs[0].Committed, rw.Needs[0].ConfirmedOn = 120, 7, "2026-04-01" // sembako
	extra := rw.Needs[1]                                                                      // lebaran is left out, makanan is new
	extra.Package, extra.ID, extra.Needed, extra.Received = "makanan", aid.NeedOf(RW, "makanan"), 9, 2
	rw.Needs[1] = extra
	for range 2 {
		must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
		got := place(t, s)
		same(t, "recipient", got.Recipient, rw.Recipient)
		same(t, "activity", got.Activity, before.Activity)
		want := []aid.Need{before.Needs[0], extra, before.Needs[1]}
		want[1].Received, want[1].Earlier = 0, []aid.Level{{Until: Noon}}
		want[2].Needed, want[2].ConfirmedOn, want[2].Earlier = 120, "2026-04-01", []aid.Level{{Until: Noon, Needed: 100}}
		same(t, "needs", got.Needs, want)
	}
	contact, err := s.Steward(t.Context(), RW)
	must(t, err)
	same(t, "steward", contact, rw.Steward)
	if commitments, _ := s.Commitments(t.Context(), RW); len(commitments) != 1 {
		t.Errorf("%d commitments after an import; want the one that was there", len(commitments))
	}

	// What is promised stays needed, and what remains follows what is needed.
	rw.Needs[0].Needed = 29
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	if n := place(t, s).Needs[2]; n.Needed != 30 || n.Remaining() != 0 {
		t.Errorf("30 promised, 29 listed: %+v", n)
	}
	c, after := submit(t, s, 2, Units("sembako", 1))
	overRemaining(t, "Pledge", Pledge(t.Context(), s, c, after, Noon), aid.NeedOf(RW, "sembako"), 0)
	rw.Needs[0].Needed = 31
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	must(t, Pledge(t.Context(), s, c, after, Noon))
	place(t, s)

	// What the steward said since stands against an older listing.
	must(t, s.ConfirmNeed(t.Context(), Leaf, aid.NeedOf(RW, "sembako"), false, "2026-04-02", "ketua RW", Noon))
	enough := place(t, s).Needs[2]
	rw.Needs[0].Needed = 500
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	same(t, "need that the steward called enough", place(t, s).Needs[2], enough)
	rw.Needs[0].ConfirmedOn = "2026-04-03"
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	if n := place(t, s).Needs[2]; n.Needed != 500 || enough.Remaining() != 0 {
		t.Errorf("enough was %+v, a newer listing made it %+v", enough, n)
	}
}

func loadedBesidePledges(t *testing.T, s Store) {
	load(t, s)
	const pledges, imports = 12, 6
	atOnce(t, pledges+imports, func(n int) error {
		if n < imports {
			listings := Listings()
			listings[0].Needs[0].Needed = int64(100 + n)
			return s.Load(t.Context(), listings, Catalogue(), Noon)
		}
		before, _, err := s.Submit(t.Context(), Submission(n, Units("sembako", 5)))
		if err != nil {
			return err
		}
		after, err := before.Verified(Noon, Catalogue())
		if err != nil {
			return err
		}
		return Pledge(t.Context(), s, before, after, Noon)
	})
	n := place(t, s).Needs[1]
	if n.Committed != pledges*5 || n.Needed < 100 || n.Needed >= 100+imports {
		t.Errorf("after imports beside pledges: %+v", n)
	}
	before, after := submit(t, s, 50, Units("sembako", n.Remaining()+1))
	overRemaining(t, "Pledge of one more than is left", Pledge(t.Context(), s, before, after, Noon), n.ID, n.Remaining())
}

func loadRefuses(t *testing.T, s Store) {
	load(t, s)
	for name, spoil := range map[string]func([]aid.Listing) []aid.Listing{
		"unknown kind":        func(l []aid.Listing) []aid.Listing { l[0].Recipient.Kind = "kapal"; return l },
		"listed twice":        func(l []aid.Listing) []aid.Listing { return append(l, l[0]) },
		"no identifier":       func(l []aid.Listing) []aid.Listing { l[2].Recipient.ID = "31#7"; return l },
		"early identifier":    func(l []aid.Listing) []aid.Listing { l[2].Recipient.ID = "-1"; return l },
		"need of another":     func(l []aid.Listing) []aid.Listing { l[0].Needs[0].Recipient = Panti; return l },
		"need listed twice":   func(l []aid.Listing) []aid.Listing { l[0].Needs[1] = l[0].Needs[0]; return l },
		"more than is needed": func(l []aid.Listing) []aid.Listing { l[0].Needs[0].Received = 101; return l },
		"history of another": func(l []aid.Listing) []aid.Listing {
			l[1].History = []aid.Commitment{Submission(1).Commitment}
			return l
		},
		"package with a colon": func(l []aid.Listing) []aid.Listing { l[0].Needs[0].Package = "a:b"; return l },
	} {
		if err := s.Load(t.Context(), spoil(Listings()), Catalogue(), Noon); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	moved := Listings()[2:]
	moved[0].Recipient.Kind = "panti"
	wants(t, "Load into another leaf", s.Load(t.Context(), moved, Catalogue(), Noon), aid.ErrExists)
	places, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	if len(places) != 2 {
		t.Errorf("%d places after refused imports; want 2", len(places))
	}
}

func submissionReservesNothing(t *testing.T, s Store) {
	load(t, s)
	before := place(t, s)
	want := Submission(1, Units("sembako", 100), Gift(7000))
	got, repeated, err := s.Submit(t.Context(), want)
	must(t, err)
	if repeated {
		t.Error("a first submission is no repeat")
	}
	same(t, "answer", got, want.Commitment)
	same(t, "place", place(t, s), before)
	stored, err := s.Commitment(t.Context(), RW, got.ID)
	must(t, err)
	same(t, "commitment", stored, want.Commitment)
	credential, err := s.Credential(t.Context(), got.ID)
	must(t, err)
	same(t, "credential", credential, want.Credential)
	letter, err := s.Letter(t.Context(), table.LetterKeyOf(got.ID, 1, aid.LetterCode))
	must(t, err)
	same(t, "letter", letter, aid.Letter{Commitment: got.ID, Recipient: RW, Kind: aid.LetterCode, At: Noon})

	mixed := Submission(2, Units("sembako", 1))
	mixed.Credential.Commitment = CommitmentID(3)
	if _, _, err := s.Submit(t.Context(), mixed); err == nil {
		t.Error("the credential of another commitment was stored")
	}
	nowhere := Submission(2, Units("sembako", 1))
	nowhere.Commitment.Leaf = aid.Leaf{}
	if _, _, err := s.Submit(t.Context(), nowhere); err == nil {
		t.Error("a commitment without a leaf was stored")
	}
}

func submissionRepeated(t *testing.T, s Store) {
	load(t, s)
	c, after := submit(t, s, 1, Units("sembako", 5))
	again := Submission(1, Units("sembako", 5))
	again.ChallengeID = "another challenge, because the first had expired"
	again.Credential.Contact.Phone = "+620000000999"
	stored, repeated, err := s.Submit(t.Context(), again)
	must(t, err)
	same(t, "repeat", stored, c)
	if !repeated {
		t.Error("a repeat was taken for a first submission")
	}
	credential, err := s.Credential(t.Context(), c.ID)
	must(t, err)
	same(t, "credential", credential, Submission(1).Credential)

	must(t, Pledge(t.Context(), s, c, after, Noon))
	stored, repeated, err = s.Submit(t.Context(), again)
	must(t, err)
	same(t, "repeat after the pledge", stored, after)
	stored, found, err := s.Submitted(t.Context(), c.ID, again.Fingerprint)
	must(t, err)
	same(t, "Submitted", stored, after)
	if !repeated || !found {
		t.Error("a repeat after the pledge was not recognised")
	}
	// The repeat has not used the challenge that it brought.
	other := Submission(2, Units("sembako", 1))
	other.ChallengeID = again.ChallengeID
	_, _, err = s.Submit(t.Context(), other)
	must(t, err)
}

func submissionTaken(t *testing.T, s Store) {
	load(t, s)
	c, _ := submit(t, s, 1, Units("sembako", 5))
	other := Submission(1, Units("sembako", 6))
	other.Fingerprint, other.ChallengeID = "other", "other"
	_, repeated, err := s.Submit(t.Context(), other)
	wants(t, "Submit something else", err, aid.ErrExists)
	_, found, err := s.Submitted(t.Context(), c.ID, "other")
	wants(t, "Submitted something else", err, aid.ErrExists)
	if repeated || found {
		t.Error("something else was taken for a repeat")
	}
	other.Commitment.Recipient, other.Credential.Recipient = Panti, Panti
	_, _, err = s.Submit(t.Context(), other)
	wants(t, "Submit to another recipient", err, aid.ErrExists)
	if _, err := s.Commitment(t.Context(), Panti, c.ID); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("commitment at the other recipient = %v; want none", err)
	}
	stored, err := s.Commitment(t.Context(), RW, c.ID)
	must(t, err)
	same(t, "commitment", stored, c)
}

func challengePaysOnce(t *testing.T, s Store) {
	load(t, s)
	submit(t, s, 1, Units("sembako", 5))
	second := Submission(2, Units("sembako", 5))
	second.ChallengeID = Submission(1).ChallengeID
	_, repeated, err := s.Submit(t.Context(), second)
	wants(t, "Submit with a used challenge", err, aid.ErrChallenge)
	if repeated {
		t.Error("a refused submission is no repeat")
	}
	_, err = s.Commitment(t.Context(), RW, second.Commitment.ID)
	wants(t, "refused commitment", err, aid.ErrNotFound)
	_, err = s.Credential(t.Context(), second.Commitment.ID)
	wants(t, "refused credential", err, aid.ErrNotFound)
	second.ChallengeID = "fresh"
	_, _, err = s.Submit(t.Context(), second)
	must(t, err)
}

func pledgeTakes(t *testing.T, s Store) {
	load(t, s)
	first := place(t, s)
	before, after := submit(t, s, 1, Units("sembako", 30), Units("lebaran", 40), Gift(5000))
	must(t, Pledge(t.Context(), s, before, after, after.PledgedAt))

	got := place(t, s)
	want := first
	want.Needs[0].Committed, want.Needs[1].Committed = 40, 30
	want.Activity = aid.Activity{Rev: 1, Open: 1, Pledged: 1, FreeCommitted: 5000, UpdatedAt: after.PledgedAt}
	same(t, "place", got, want)
	stored, err := s.Commitment(t.Context(), RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, after)
	credential, err := s.Credential(t.Context(), before.ID)
	must(t, err)
	if !credential.VerifiedAt.Equal(after.PledgedAt) {
		t.Errorf("channel proven at %v; want %v", credential.VerifiedAt, after.PledgedAt)
	}
	letter, err := s.Letter(t.Context(), table.LetterKeyOf(before.ID, 2, aid.LetterPledged))
	must(t, err)
	same(t, "letter", letter, aid.Letter{Commitment: before.ID, Recipient: RW, Kind: aid.LetterPledged, At: after.PledgedAt})
}

func pledgeTwice(t *testing.T, s Store) {
	load(t, s)
	before, after := submit(t, s, 1, Units("sembako", 30))
	must(t, Pledge(t.Context(), s, before, after, after.PledgedAt))
	first := place(t, s)
	must(t, Pledge(t.Context(), s, before, after, after.PledgedAt))
	same(t, "place after the repeat", place(t, s), first)
	// The second tap comes a second later and asks the same.
	later, err := before.Verified(after.PledgedAt.Add(time.Second), Catalogue())
	must(t, err)
	must(t, Pledge(t.Context(), s, before, later, later.PledgedAt))
	same(t, "place after the second tap", place(t, s), first)
	stored, err := s.Commitment(t.Context(), RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, after)
}

func linesAddUp(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30), Units("sembako", 20))
	if got := committed(t, s, "sembako"); got != 50 {
		t.Errorf("30 and 20 on one need commit %d", got)
	}
	before, after := submit(t, s, 2, Units("sembako", 30), Units("sembako", 21))
	overRemaining(t, "Pledge of 30 and 21 with 50 left", Pledge(t.Context(), s, before, after, Noon), aid.NeedOf(RW, "sembako"), 50)
}

func pledgeAllOrNothing(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("lebaran", 39))
	first := place(t, s)
	before, after := submit(t, s, 2, Units("sembako", 1), Units("lebaran", 2), Gift(1))
	overRemaining(t, "Pledge of 2 with 1 left", Pledge(t.Context(), s, before, after, Noon), aid.NeedOf(RW, "lebaran"), 1)
	gone, goneAfter := submit(t, s, 3, Units("sembako", 1), Units("nothing", 1))
	overRemaining(t, "Pledge of what nobody needs", Pledge(t.Context(), s, gone, goneAfter, Noon), aid.NeedOf(RW, "nothing"), 0)

	same(t, "place", place(t, s), first)
	stored, err := s.Commitment(t.Context(), RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, before)
	credential, err := s.Credential(t.Context(), before.ID)
	must(t, err)
	same(t, "credential", credential, Submission(2).Credential)
	_, err = s.Letter(t.Context(), table.LetterKeyOf(before.ID, 2, aid.LetterPledged))
	wants(t, "letter of a refused pledge", err, aid.ErrNotFound)

	// Refused is not decided: once there is room the same move succeeds.
	other, err := s.Commitment(t.Context(), RW, CommitmentID(1))
	must(t, err)
	must(t, Withdraw(t.Context(), s, other, withdrawn(t, other, "other"), Noon))
	must(t, Pledge(t.Context(), s, before, after, Noon))
	if got := committed(t, s, "lebaran"); got != 2 {
		t.Errorf("committed %d; want 2", got)
	}
}

func stale(t *testing.T, s Store) {
	load(t, s)
	before, after := submit(t, s, 1, Units("sembako", 30))
	must(t, Withdraw(t.Context(), s, before, withdrawn(t, before, "other"), Noon))
	first := place(t, s)
	wants(t, "Pledge of a withdrawn commitment", Pledge(t.Context(), s, before, after, Noon), aid.ErrStale)
	wants(t, "Withdraw what was never pledged", Withdraw(t.Context(), s, after, withdrawn(t, after, "other"), Noon), aid.ErrStale)

	pledgedOne := pledged(t, s, 2, Units("sembako", 1))
	submitted := Submission(2, Units("sembako", 1)).Commitment
	wants(t, "Withdraw as submitted what is pledged", Withdraw(t.Context(), s, submitted, withdrawn(t, submitted, "other"), Noon), aid.ErrStale)
	future := submitted
	future.Version = 7
	wants(t, "Pledge from a version that never was", Pledge(t.Context(), s, future, verified(t, future), Noon), aid.ErrStale)
	wants(t, "Withdraw from a version to come", Withdraw(t.Context(), s, bumped(pledgedOne), withdrawn(t, bumped(pledgedOne), "other"), Noon), aid.ErrStale)

	if got := place(t, s); got.Needs[1].Committed != 1 || got.Activity.Rev != first.Activity.Rev+1 {
		t.Errorf("after stale moves: %+v, %+v", got.Needs[1], got.Activity)
	}
}

func bumped(c aid.Commitment) aid.Commitment { c.Version++; return c }

func repeatedLate(t *testing.T, s Store) {
	load(t, s)
	before, after := submit(t, s, 1, Units("sembako", 30))
	must(t, Pledge(t.Context(), s, before, after, Noon))
	end := withdrawn(t, after, "cannot_deliver")
	must(t, Withdraw(t.Context(), s, after, end, Noon))
	first := place(t, s)
	must(t, Pledge(t.Context(), s, before, after, Noon))
	must(t, Withdraw(t.Context(), s, after, end, Noon))
	same(t, "place", place(t, s), first)
	stored, err := s.Commitment(t.Context(), RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, end)
}

func notAMove(t *testing.T, s Store) {
	load(t, s)
	before, after := submit(t, s, 1, Units("sembako", 30))
	elsewhere, skipped, moved := after, after, after
	elsewhere.Recipient, skipped.Version, moved.Leaf = Panti, 3, WorkshopLeaf
	for name, slip := range map[string]aid.Commitment{"another recipient": elsewhere, "a version skipped": skipped, "another leaf": moved, "no move": before} {
		if err := Pledge(t.Context(), s, before, slip, Noon); err == nil {
			t.Errorf("Pledge with %s succeeded", name)
		}
	}
	astray := withdrawn(t, before, "other")
	astray.Leaf = WorkshopLeaf
	if err := Withdraw(t.Context(), s, before, astray, Noon); err == nil {
		t.Error("Withdraw into another leaf succeeded")
	}
	var refused *aid.StateError
	if err := Pledge(t.Context(), s, after, after, Noon); !errors.As(err, &refused) {
		t.Errorf("Pledge of a pledged commitment = %v; want a state error", err)
	}
	reported := after
	reported.State = aid.Delivered
	end := withdrawn(t, after, "other")
	if err := Withdraw(t.Context(), s, reported, end, Noon); !errors.As(err, &refused) {
		t.Errorf("Withdraw of a delivered commitment = %v; want a state error", err)
	}
	for name, line := range map[string]aid.Line{
		"need of another": {Need: aid.NeedOf(Panti, "sembako"), Package: "sembako", Quantity: 1},
		"no need":         {Need: "sembako", Package: "sembako", Quantity: 1},
		"no quantity":     Units("sembako", 0),
		"less than none":  Units("sembako", -5),
	} {
		c := before
		c.Lines = []aid.Line{line}
		if err := Pledge(t.Context(), s, c, verified(t, c), Noon); err == nil {
			t.Errorf("Pledge of a line with %s succeeded", name)
		}
	}
	if got := committed(t, s, "sembako"); got != 0 {
		t.Errorf("refused moves committed %d", got)
	}
}

func withdrawalGivesBack(t *testing.T, s Store) {
	load(t, s)
	first := place(t, s)
	after := pledged(t, s, 1, Units("sembako", 60), Units("sembako", 40), Gift(5000))
	end := withdrawn(t, after, "cannot_deliver")
	for range 2 {
		must(t, Withdraw(t.Context(), s, after, end, end.EndedAt))
		got := place(t, s)
		same(t, "needs", got.Needs, first.Needs)
		same(t, "activity", got.Activity, aid.Activity{Rev: 2, Pledged: 1, UpdatedAt: end.EndedAt})
	}
	wants(t, "Withdraw for another reason", Withdraw(t.Context(), s, after, withdrawn(t, after, "other"), Noon), aid.ErrStale)
	stored, err := s.Commitment(t.Context(), RW, after.ID)
	must(t, err)
	same(t, "commitment", stored, end)
	letter, err := s.Letter(t.Context(), table.LetterKeyOf(after.ID, 3, aid.LetterWithdrawn))
	must(t, err)
	same(t, "letter", letter, aid.Letter{Commitment: after.ID, Recipient: RW, Kind: aid.LetterWithdrawn, At: end.EndedAt})
	pledged(t, s, 2, Units("sembako", 100)) // all of it remains again
	place(t, s)
}

func withdrawnSubmission(t *testing.T, s Store) {
	load(t, s)
	first := place(t, s)
	before, _ := submit(t, s, 1, Units("sembako", 60), Gift(5000))
	end := withdrawn(t, before, "duplicate")
	for range 2 {
		must(t, Withdraw(t.Context(), s, before, end, end.EndedAt))
		same(t, "place", place(t, s), first)
	}
	stored, err := s.Commitment(t.Context(), RW, before.ID)
	must(t, err)
	same(t, "commitment", stored, end)
	_, err = s.Letter(t.Context(), table.LetterKeyOf(before.ID, 2, aid.LetterWithdrawn))
	wants(t, "letter to a channel never proven", err, aid.ErrNotFound)
}

func wrongCodes(t *testing.T, s Store) {
	load(t, s)
	c, _ := submit(t, s, 1, Units("sembako", 1))
	for _, want := range []int{4, 3} {
		left, err := s.CountWrongCode(t.Context(), c.ID, 5)
		must(t, err)
		if left != want {
			t.Errorf("%d tries left; want %d", left, want)
		}
	}
	left := make(chan int, 12)
	atOnce(t, cap(left), func(int) error {
		n, err := s.CountWrongCode(t.Context(), c.ID, 5)
		left <- n
		return err
	})
	close(left)
	tally := map[int]int{}
	for n := range left {
		tally[n]++
	}
	same(t, "tries left that twelve at once were told", tally, map[int]int{2: 1, 1: 1, 0: 10})
	credential, err := s.Credential(t.Context(), c.ID)
	must(t, err)
	if credential.WrongCodes != 5 {
		t.Errorf("%d wrong codes counted; want 5", credential.WrongCodes)
	}
}

func keyStays(t *testing.T, s Store) {
	first, err := s.Key(t.Context())
	must(t, err)
	if len(first) != 32 || bytes.Equal(first, make([]byte, 32)) {
		t.Errorf("key %x", first)
	}
	kept := bytes.Clone(first)
	first[0]++ // a caller's copy is its own
	again, err := s.Key(t.Context())
	must(t, err)
	if !bytes.Equal(again, kept) {
		t.Error("the key changed")
	}
}

// reveal asks for the contact for the nth commitment, by a collaborator, at a
// recipient, from a network.
func reveal(n int, who, where, network string) table.RevealRequest {
	return table.RevealRequest{
		Commitment: CommitmentID(n), Collaborator: aid.CollaboratorID(who), Recipient: aid.RecipientID(where), Network: network,
		Day: Today, At: Noon, Limits: Limits(),
	}
}

// usedUp fails unless err says that this budget is used up.
func usedUp(t testing.TB, err error, budget string) {
	t.Helper()
	var quota *aid.QuotaError
	if !errors.As(err, &quota) || quota.Budget != budget {
		t.Errorf("Reveal = %v; want the %s budget used up", err, budget)
	}
}

func revealOnce(t *testing.T, s Store) {
	for range 7 {
		must(t, s.Reveal(t.Context(), reveal(1, "a", "r", "n")))
	}
	must(t, s.Reveal(t.Context(), reveal(2, "a", "r", "n")))
	usedUp(t, s.Reveal(t.Context(), reveal(3, "a", "r", "n")), "contact")
	must(t, s.Reveal(t.Context(), reveal(1, "a", "r", "n"))) // shown is shown
	next := reveal(3, "a", "r", "n")
	next.Day, next.At = Today.Plus(1), Noon.AddDate(0, 0, 1)
	must(t, s.Reveal(t.Context(), next))
	bad := reveal(4, "b", "r", "n")
	bad.Day = "today"
	if err := s.Reveal(t.Context(), bad); err == nil {
		t.Error("a day that is none has a budget")
	}
}

func budgetsNamed(t *testing.T, s Store) {
	for n := range 5 {
		must(t, s.Reveal(t.Context(), reveal(n, fmt.Sprint(n), "r", fmt.Sprint(n))))
	}
	usedUp(t, s.Reveal(t.Context(), reveal(100, "x", "r", "x")), "recipient")
	for n := range 5 {
		must(t, s.Reveal(t.Context(), reveal(10+n, fmt.Sprint(10+n), fmt.Sprint(n), "n")))
	}
	usedUp(t, s.Reveal(t.Context(), reveal(101, "y", "y", "n")), "network")
	usedUp(t, s.Reveal(t.Context(), reveal(102, "z", "z", "z")), "region")
	usedUp(t, s.Reveal(t.Context(), reveal(103, "z", "r", "n")), "recipient") // the first in order
	none := reveal(104, "z", "z", "z")
	none.Limits.RevealsContact = 0
	usedUp(t, s.Reveal(t.Context(), none), "contact")
	// What was refused was charged to nobody.
	tomorrow := reveal(105, "x", "q", "x")
	tomorrow.Limits.RevealsRegionMin = 11
	must(t, s.Reveal(t.Context(), tomorrow))
}

func regionGrows(t *testing.T, s Store) {
	allowed := func(day aid.Day, first int) (n int) {
		for ; ; n++ {
			r := reveal(first+n, fmt.Sprint(first+n), fmt.Sprint(first+n), fmt.Sprint(first+n))
			r.Day, r.Limits.RevealsRegionMin = day, 2
			err := s.Reveal(t.Context(), r)
			if err != nil {
				usedUp(t, err, "region")
				return n
			}
		}
	}
	if n := allowed(Today, 0); n != 2 {
		t.Errorf("%d reveals without a past; want the minimum, 2", n)
	}
	// 14 days with 30 reveals in all allow 2 × 30 ÷ 14 = 4.
	for n := range 28 {
		r := reveal(1000+n, fmt.Sprint(1000+n), fmt.Sprint(1000+n), fmt.Sprint(1000+n))
		r.Day, r.Limits.RevealsRegionMin = Today.Plus(1), 28
		must(t, s.Reveal(t.Context(), r))
	}
	if n := allowed(Today.Plus(14), 2000); n != 4 {
		t.Errorf("%d reveals after 30 in 14 days; want 4", n)
	}
	// A day later the first two are 15 days old, and four are new.
	if n := allowed(Today.Plus(15), 3000); n != 4 {
		t.Errorf("%d reveals after 32 in 14 days; want 4", n)
	}
	if n := allowed(Today.Plus(16), 4000); n != 2 {
		t.Errorf("%d reveals after 8 in 14 days; want the minimum, 2", n)
	}
}

func letterOnce(t *testing.T, s Store) {
	load(t, s)
	c, _ := submit(t, s, 1, Units("sembako", 1))
	k := table.LetterKeyOf(c.ID, 1, aid.LetterCode)
	for i := range 2 {
		must(t, s.MarkSent(t.Context(), k, Noon.Add(time.Duration(i+1)*time.Minute)))
		letter, err := s.Letter(t.Context(), k)
		must(t, err)
		same(t, "letter", letter, aid.Letter{Commitment: c.ID, Recipient: RW, Kind: aid.LetterCode, At: Noon, SentAt: Noon.Add(time.Minute)})
	}
}

func corrections(t *testing.T, s Store) {
	load(t, s)
	before, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	earlier := aid.Correction{On: Noon, Reason: "double entry", By: "kelurahan"}
	second := aid.Correction{On: Noon.Add(time.Hour), Reason: "closed", By: "dinas"}
	must(t, s.RecordCorrection(t.Context(), Leaf, second))
	must(t, s.RecordCorrection(t.Context(), Leaf, earlier))
	must(t, s.RecordCorrection(t.Context(), Leaf, earlier))
	other := earlier
	other.Reason = "another"
	wants(t, "another correction of that instant", s.RecordCorrection(t.Context(), Leaf, other), aid.ErrExists)
	got, found, err := s.Correction(t.Context(), Leaf)
	must(t, err)
	if !found {
		t.Error("no correction")
	}
	same(t, "correction", got, second)
	same(t, "corrections", first(s.Corrections(t.Context(), Leaf)), []aid.Correction{earlier, second})
	same(t, "corrections of another leaf", first(s.Corrections(t.Context(), WorkshopLeaf)), []aid.Correction{})
	if _, found, err := s.Correction(t.Context(), WorkshopLeaf); found || err != nil {
		t.Errorf("correction of another leaf = %v, %v", found, err)
	}
	after, err := s.Leaf(t.Context(), Leaf)
	must(t, err)
	same(t, "leaf", after, before)
}

func instants(t *testing.T, s Store) {
	load(t, s)
	jakarta := time.FixedZone("WIB", 7*60*60)
	in := Submission(1, Units("sembako", 1))
	in.Commitment.SubmittedAt = time.Date(2026, 3, 2, 23, 59, 59, 999_999_999, jakarta)
	want := time.Date(2026, 3, 2, 16, 59, 59, 999_000_000, time.UTC)
	answer, _, err := s.Submit(t.Context(), in)
	must(t, err)
	stored, err := s.Commitment(t.Context(), RW, in.Commitment.ID)
	must(t, err)
	if got := stored.SubmittedAt; got != want || answer.SubmittedAt != want {
		t.Errorf("submitted at %v, answered %v; want %v", got, answer.SubmittedAt, want)
	}
	if !stored.PledgedAt.IsZero() || !stored.EndedAt.IsZero() {
		t.Errorf("instants that never were: %v, %v", stored.PledgedAt, stored.EndedAt)
	}
}

func manyClients(t *testing.T, s Store) {
	load(t, s)
	const clients, each = 30, 9 // 11 fit into 100
	var mu sync.Mutex
	taken := 0
	atOnce(t, clients, func(n int) error {
		before, _, err := s.Submit(t.Context(), Submission(n, Units("sembako", each)))
		if err != nil {
			return err
		}
		after, err := before.Verified(Noon, Catalogue())
		if err != nil {
			return err
		}
		err = Pledge(t.Context(), s, before, after, Noon)
		var over *aid.OverRemainingError
		if errors.As(err, &over) {
			if over.Remaining >= each {
				return fmt.Errorf("refused with %d left", over.Remaining)
			}
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		taken++
		return err
	})
	if taken != 11 {
		t.Errorf("%d pledges of %d went into 100; want 11", taken, each)
	}
	if got := committed(t, s, "sembako"); got != 99 {
		t.Errorf("committed %d; want 99", got)
	}
}

func sameAtOnce(t *testing.T, s Store) {
	load(t, s)
	const callers = 8
	var mu sync.Mutex
	firsts := 0
	atOnce(t, callers, func(int) error {
		_, repeated, err := s.Submit(t.Context(), Submission(1, Units("sembako", 7), Gift(10)))
		mu.Lock()
		defer mu.Unlock()
		if !repeated {
			firsts++
		}
		return err
	})
	if firsts != 1 {
		t.Errorf("%d of %d equal submissions were the first", firsts, callers)
	}
	before, err := s.Commitment(t.Context(), RW, CommitmentID(1))
	must(t, err)
	after := verified(t, before)
	atOnce(t, callers, func(int) error { return Pledge(t.Context(), s, before, after, Noon) })
	if got := committed(t, s, "sembako"); got != 7 {
		t.Errorf("%d equal pledges of 7 commit %d", callers, got)
	}
	end := withdrawn(t, after, "other")
	atOnce(t, callers, func(int) error { return Withdraw(t.Context(), s, after, end, Noon) })
	if got := place(t, s); got.Needs[1].Committed != 0 || got.Activity.Rev != 2 {
		t.Errorf("after %d equal withdrawals: %+v, %+v", callers, got.Needs[1], got.Activity)
	}
	limits := Limits()
	limits.RevealsContact = 1
	atOnce(t, callers, func(int) error {
		r := reveal(1, "a", "r", "n")
		r.Limits = limits
		return s.Reveal(t.Context(), r)
	})
}

// atOnce calls f with 0 to n-1 at the same time and fails on any error.
func atOnce(t testing.TB, n int, f func(int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	must(t, errors.Join(errs...))
}
