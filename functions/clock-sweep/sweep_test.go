package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// each tries a claim on the memory model and on the engine.
func each(t *testing.T, claim func(*testing.T, tabletest.Store)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		claim(t, table.NewMemory())
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		claim(t, table.New(db, ledger, private))
	})
}

// pledged loads the small region and promises 30 sembako to its RW at noon.
func pledged(t *testing.T, s tabletest.Store) aid.Commitment {
	t.Helper()
	before := submitted(t, s)
	after, err := before.Verified(tabletest.Noon, tabletest.Catalogue())
	must(t, err)
	must(t, tabletest.Pledge(t.Context(), s, before, after, tabletest.Noon))
	return after
}

func submitted(t *testing.T, s tabletest.Store) aid.Commitment {
	t.Helper()
	must(t, s.Load(t.Context(), tabletest.Listings(), tabletest.Catalogue(), tabletest.Noon))
	in := tabletest.Submission(1, tabletest.Units("sembako", 30))
	in.Commitment.DueAt = in.Commitment.VerifyBy
	c, _, err := s.Submit(t.Context(), in)
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sweep runs at an instant so long after noon.
func sweep(t *testing.T, s store, after time.Duration) result {
	t.Helper()
	got, err := (&server{store: s, files: nothing{}, catalogue: tabletest.Catalogue()}).handle(t.Context(), sweepEvent{Time: tabletest.Noon.Add(after)})
	must(t, err)
	return got
}

func stored(t *testing.T, s tabletest.Store) aid.Commitment {
	t.Helper()
	c, err := s.Commitment(t.Context(), tabletest.RW, tabletest.CommitmentID(1))
	must(t, err)
	return c
}

// balanced fails unless the figures of the RW are the sum of its commitments,
// and returns what remains of its sembako.
func balanced(t *testing.T, s tabletest.Store) int64 {
	t.Helper()
	p, _, err := s.Place(t.Context(), tabletest.RW)
	must(t, err)
	commitments, err := s.Commitments(t.Context(), tabletest.RW)
	must(t, err)
	if err := tabletest.Balance(p, commitments); err != nil {
		t.Error(err)
	}
	return p.Needs[1].Remaining()
}

func waits(t *testing.T, s tabletest.Store, c aid.Commitment, kind aid.LetterKind) bool {
	t.Helper()
	_, err := s.Letter(t.Context(), table.LetterKeyOf(c.ID, c.Version, kind))
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestWhatIsNeverVerifiedIsDroppedWithItsPersonalData(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		c := submitted(t, s)
		if got := sweep(t, s, 24*time.Hour-time.Second); got.Due != 0 {
			t.Errorf("a second before: %+v", got)
		}
		got := sweep(t, s, 24*time.Hour)
		if !maps.Equal(got.Moved, map[string]int{"drop": 1}) {
			t.Errorf("at the second: %+v", got)
		}
		if c := stored(t, s); c.State != aid.Dropped || c.Name != "" || !c.EndedAt.Equal(c.VerifyBy) || !c.DueAt.IsZero() {
			t.Errorf("dropped as %+v", c)
		}
		if _, err := s.Credential(t.Context(), c.ID); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("contact and signature of a dropped submission: %v; want gone", err)
		}
		if left := balanced(t, s); left != 100 {
			t.Errorf("%d sembako remain; a submission never held any", left)
		}
		if again := sweep(t, s, 1000*time.Hour); again.Due != 0 {
			t.Errorf("later: %+v", again)
		}
	})
}

func TestSilenceIsNudgedTwiceAndThenLapses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		pledged(t, s)
		for _, step := range []struct {
			at     time.Duration
			letter aid.LetterKind
			state  aid.State
			left   int64
		}{
			{24 * time.Hour, aid.LetterNudge, aid.Pledged, 70},
			{40 * time.Hour, aid.LetterLastNudge, aid.Pledged, 70},
			{48 * time.Hour, aid.LetterLapsed, aid.Lapsed, 100},
		} {
			if got := sweep(t, s, step.at-time.Second); got.Due != 0 {
				t.Errorf("a second before %v: %+v", step.at, got)
			}
			got := sweep(t, s, step.at)
			c := stored(t, s)
			if got.Due != 1 || c.State != step.state || !waits(t, s, c, step.letter) {
				t.Errorf("at %v: %+v, %s; want letter %s and %s", step.at, got, c.State, step.letter, step.state)
			}
			if left := balanced(t, s); left != step.left {
				t.Errorf("at %v: %d remain; want %d", step.at, left, step.left)
			}
		}
		if c := stored(t, s); !waits(t, s, c, aid.LetterStewardLapsed) {
			t.Error("the steward is not told that nobody comes")
		}
	})
}

// A scheduler fires twice, late, out of order or not at all.
func TestEverySequenceOfRunsEndsInTheSameState(t *testing.T) {
	t.Parallel()
	end := 50 * time.Hour
	ends := func(runs ...time.Duration) (aid.Commitment, aid.Place) {
		s := table.NewMemory()
		pledged(t, s)
		for _, at := range runs {
			sweep(t, s, at)
		}
		c := stored(t, s)
		p, _, err := s.Place(t.Context(), tabletest.RW)
		must(t, err)
		// How often it was reminded, and when the figures were written, differ.
		c.Version, c.Told, p.Activity.UpdatedAt = 0, nil, time.Time{}
		return c, p
	}
	var regular []time.Duration
	for at := time.Duration(0); at <= end; at += 5 * time.Minute {
		regular = append(regular, at)
	}
	twice := append(slices.Clone(regular), regular...)
	slices.Sort(twice)
	wantC, wantP := ends(regular...)
	if wantC.State != aid.Lapsed {
		t.Fatalf("regular runs end in %s", wantC.State)
	}
	for name, runs := range map[string][]time.Duration{
		"twice": twice, "once, late": {end}, "skipped": {25 * time.Hour, end}, "out of order": {49 * time.Hour, 30 * time.Hour, end},
	} {
		c, p := ends(runs...)
		if diff := cmp.Diff(wantC, c) + cmp.Diff(wantP, p); diff != "" {
			t.Errorf("%s (-regular +this):\n%s", name, diff)
		}
	}
}

// racing lets somebody else move the commitment between the reading of the sweep
// and its writing.
type racing struct {
	tabletest.Store
	rival func()
}

func (r *racing) Move(ctx context.Context, c table.Change) error {
	if r.rival != nil {
		rival := r.rival
		r.rival = nil
		rival()
	}
	return r.Store.Move(ctx, c)
}

func TestAContactThatRacesALapseWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		before := pledged(t, s)
		sweep(t, s, 40*time.Hour) // reminders are out of the way
		before = stored(t, s)
		late := tabletest.Noon.Add(48 * time.Hour)
		got := sweep(t, &racing{s, func() {
			after, err := before.Spoken(aid.Steward, late, tabletest.Catalogue())
			must(t, err)
			must(t, s.Move(t.Context(), table.Change{Move: aid.Speak, Before: before, After: after, At: late}))
		}}, 48*time.Hour)
		if c := stored(t, s); c.State != aid.Contacted || len(got.Moved) != 0 {
			t.Errorf("%s after %+v; want contacted", c.State, got)
		}
		if left := balanced(t, s); left != 70 {
			t.Errorf("%d remain; want the 30 still held", left)
		}
	})
}

func TestADeliveryThatRacesALapseWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		cat := tabletest.Catalogue()
		before := pledged(t, s)
		signed, err := before.SignedAs("sha256-00", tabletest.Noon.Add(time.Hour), cat)
		must(t, err)
		must(t, s.Move(t.Context(), table.Change{Move: aid.Sign, Before: before, After: signed, At: tabletest.Noon, SignedBy: "Budi"}))
		sweep(t, s, 40*time.Hour)
		signed = stored(t, s)
		late := tabletest.Noon.Add(48 * time.Hour)
		report := aid.DeliveryReport{ID: "0198c0de-0000-7000-8000-0000000000d1", On: aid.DayOf(late, cat.Zone), Quantities: []int64{30}}
		deliver := func(from aid.Commitment) {
			after, err := from.Reported(report, late, cat)
			must(t, err)
			must(t, s.Move(t.Context(), table.Change{Move: aid.Report, Before: from, After: after, At: late}))
		}
		got := sweep(t, &racing{s, func() { deliver(signed) }}, 48*time.Hour)
		if c := stored(t, s); c.State != aid.Delivered || len(got.Moved) != 0 {
			t.Errorf("%s after %+v; want delivered", c.State, got)
		}
		if left := balanced(t, s); left != 70 {
			t.Errorf("%d remain; want 70", left)
		}
	})
	// And when the clock was faster, the report takes back what it had given away.
	each(t, func(t *testing.T, s tabletest.Store) {
		cat := tabletest.Catalogue()
		before := pledged(t, s)
		signed, err := before.SignedAs("sha256-00", tabletest.Noon.Add(time.Hour), cat)
		must(t, err)
		must(t, s.Move(t.Context(), table.Change{Move: aid.Sign, Before: before, After: signed, At: tabletest.Noon, SignedBy: "Budi"}))
		sweep(t, s, 49*time.Hour)
		lapsed := stored(t, s)
		late := tabletest.Noon.Add(49 * time.Hour)
		after, err := lapsed.Reported(aid.DeliveryReport{ID: "0198c0de-0000-7000-8000-0000000000d1", On: aid.DayOf(late, cat.Zone), Quantities: []int64{30}}, late, cat)
		must(t, err)
		must(t, s.Move(t.Context(), table.Change{Move: aid.Report, Before: lapsed, After: after, At: late}))
		if left := balanced(t, s); lapsed.State != aid.Lapsed || after.State != aid.Delivered || left != 70 {
			t.Errorf("%s, then %s, %d remain; want lapsed, delivered, 70", lapsed.State, after.State, left)
		}
	})
}

func TestContactsAreForgottenNinetyDaysAfterTheEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		c := pledged(t, s)
		sweep(t, s, 48*time.Hour)
		ended := stored(t, s).EndedAt.Sub(tabletest.Noon)
		sweep(t, s, ended+90*24*time.Hour-time.Second)
		if _, err := s.Credential(t.Context(), c.ID); err != nil {
			t.Errorf("a second before: %v", err)
		}
		sweep(t, s, ended+90*24*time.Hour)
		if _, err := s.Credential(t.Context(), c.ID); !errors.Is(err, aid.ErrNotFound) {
			t.Errorf("after 90 days: %v; want gone", err)
		}
		if c := stored(t, s); c.State != aid.Lapsed || c.ForgottenAt.IsZero() || c.DisplayName() != "PT Contoh" {
			t.Errorf("the public fact is %+v", c)
		}
	})
}

func TestAComplaintIsEscalatedWhenItsDaysAreOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s tabletest.Store) {
		c, _, err := s.FileComplaint(t.Context(), tabletest.Filing(1))
		must(t, err)
		until := c.DueBy.Sub(tabletest.Noon)
		if got := sweep(t, s, until-time.Second); got.Due != 0 {
			t.Errorf("a second before: %+v", got)
		}
		for range 2 {
			sweep(t, s, until)
		}
		got, err := s.Complaint(t.Context(), c.ID)
		must(t, err)
		if !got.EscalatedAt.Equal(c.DueBy) || got.Version != c.Version+1 {
			t.Errorf("after two runs: escalated %v, version %d", got.EscalatedAt, got.Version)
		}
		_, err = s.Letter(t.Context(), table.ComplaintLetterKey(c.ID, got.Version, aid.LetterOfficeLate))
		if err != nil {
			t.Errorf("the letter to the office: %v", err)
		}
	})
}

// nothing is a vault in which nothing is kept.
type nothing struct{}

func (nothing) Remove(context.Context, string) error { return nil }

func TestASignedStatementIsForgottenWithItsSigner(t *testing.T) {
	t.Parallel()
	s, cat := table.NewMemory(), tabletest.Catalogue()
	vault := blobtest.NewVault(t, time.Now)
	before := pledged(t, s)
	must(t, vault.Put(t.Context(), before.ID.StatementPath(), "application/pdf", []byte("%PDF")))
	signed, err := before.SignedAs("sha256-00", tabletest.Noon, cat)
	must(t, err)
	must(t, s.Move(t.Context(), table.Change{Move: aid.Sign, Before: before, After: signed, At: tabletest.Noon, SignedBy: "Budi"}))
	run := func(after time.Duration) {
		_, err := (&server{s, vault, cat}).handle(t.Context(), sweepEvent{Time: tabletest.Noon.Add(after)})
		must(t, err)
	}
	run(48*time.Hour + 90*24*time.Hour - time.Second)
	if kept, _ := vault.Versions(before.ID.StatementPath()); len(kept) != 1 {
		t.Errorf("%d statements a second before; want 1", len(kept))
	}
	run(48*time.Hour + 90*24*time.Hour)
	if kept, _ := vault.Versions(before.ID.StatementPath()); len(kept) != 0 {
		t.Errorf("%d statements after; want none", len(kept))
	}
}

// troubled fails where it is told to.
type troubled struct {
	tabletest.Store
	due, move error
}

func (s troubled) DueBy(ctx context.Context, at time.Time, each func(table.Due) error) error {
	if s.due != nil {
		return s.due
	}
	return s.Store.DueBy(ctx, at, each)
}

func (s troubled) Move(ctx context.Context, c table.Change) error {
	if s.move != nil {
		return s.move
	}
	return s.Store.Move(ctx, c)
}

func TestTroubleIsToldAndTheNextRunCatchesUp(t *testing.T) {
	t.Parallel()
	s := table.NewMemory()
	pledged(t, s)
	now := sweepEvent{Time: tabletest.Noon.Add(48 * time.Hour)}
	for name, broken := range map[string]troubled{"index": {s, aid.ErrBusy, nil}, "write": {s, nil, aid.ErrBusy}} {
		if _, err := (&server{broken, nothing{}, tabletest.Catalogue()}).handle(t.Context(), now); err == nil {
			t.Errorf("%s: no error, so no alarm", name)
		}
	}
	if got := stored(t, s).State; got != aid.Pledged {
		t.Fatalf("%s after runs that failed", got)
	}
	if _, err := (&server{s, nothing{}, tabletest.Catalogue()}).handle(t.Context(), now); err != nil || stored(t, s).State != aid.Lapsed {
		t.Errorf("the next run: %v, %s", err, stored(t, s).State)
	}
	if _, err := (&server{s, nothing{}, tabletest.Catalogue()}).handle(t.Context(), sweepEvent{}); err == nil {
		t.Error("an event without a time was taken")
	}
}
