package aid

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestWhatIsHiddenIsShownNowhereAndCanBePutBack(t *testing.T) {
	c := begin(t).signed().c
	c.Lines = slices.Clone(c.Lines)
	c.Lines[1].Free, c.Name, c.Salt = "tenda, hubungi 0811", "Siti Aminah", "salt"
	now := noon.Add(time.Hour)
	hidden, out, err := c.Without(true, []int{1}, now, lifeRules)
	if err != nil {
		t.Fatal(err)
	}
	if hidden.DisplayName() != HambaAllah || hidden.Salt != "" || hidden.Lines[1].Free != HiddenText || hidden.Version != c.Version+1 {
		t.Errorf("hidden: %q, salt %q, %q, version %d", hidden.DisplayName(), hidden.Salt, hidden.Lines[1].Free, hidden.Version)
	}
	if !reflect.DeepEqual(hidden.Standing(), c.Standing()) || len(hidden.Log) != len(c.Log) {
		t.Errorf("hiding moved figures from %+v to %+v, steps %v", c.Standing(), hidden.Standing(), steps(hidden))
	}
	for name, again := range map[string]func() error{
		"the name":           func() error { _, _, err := hidden.Without(true, nil, now, lifeRules); return err },
		"the text":           func() error { _, _, err := hidden.Without(false, []int{1}, now, lifeRules); return err },
		"nothing":            func() error { _, _, err := c.Without(false, nil, now, lifeRules); return err },
		"a line without one": func() error { _, _, err := c.Without(false, []int{0}, now, lifeRules); return err },
		"no line":            func() error { _, _, err := c.Without(false, []int{-1, 99}, now, lifeRules); return err },
	} {
		var invalid *InvalidError
		if err := again(); !errors.As(err, &invalid) {
			t.Errorf("hiding %s: %v; want to be told that there is nothing", name, err)
		}
	}
	shown, err := hidden.With(out, now, lifeRules)
	if err != nil {
		t.Fatal(err)
	}
	shown.Version, shown.TextsHidden = c.Version, nil
	if !reflect.DeepEqual(shown, c) {
		t.Errorf("put back:\n%+v\nwas\n%+v", shown, c)
	}
	gone, err := hidden.Forgotten(Collaborator, now, lifeRules)
	if err == nil { // the name of somebody who asked to be forgotten stays away
		back, err := gone.With(out, now, lifeRules)
		if err != nil || back.Name != "" {
			t.Errorf("of somebody forgotten: %q, %v", back.Name, err)
		}
	}
	if _, _, err := begin(t).c.Without(true, nil, now, lifeRules); err == nil {
		t.Error("a submission that nobody sees was hidden")
	}
}

func TestACorrectionSetsRightWhatWasAgreedOn(t *testing.T) {
	life := begin(t).signed().schedule("2021-04-26").report("a", 10, 3).answer("a", Full, ViaSteward)
	c, now := life.c, life.now
	lower, err := c.Corrected("a", []int64{7, 3}, now, lifeRules)
	if err != nil {
		t.Fatal(err)
	}
	if got := lower.Line(0); got.Received != 7 || lower.Deliveries[0].SettledBy != Officer || lower.Deliveries[0].Answer != Full || lower.Deliveries[0].Open() {
		t.Errorf("corrected to 7: %+v, %+v", got, lower.Deliveries[0])
	}
	if last := lower.Log[len(lower.Log)-1]; last.Move != Correct || last.By != Officer || !slices.Equal(last.Received, []int64{7, 3}) {
		t.Errorf("its step: %+v", last)
	}
	if again, err := lower.Corrected("a", []int64{7, 3}, now, lifeRules); err != nil || !reflect.DeepEqual(again, lower) {
		t.Errorf("the same correction again: %v", err)
	}
	back, err := lower.Corrected("a", []int64{10, 3}, now.Add(time.Hour), lifeRules)
	if err != nil || !reflect.DeepEqual(back.Standing(), c.Standing()) {
		t.Errorf("corrected back: %v; %+v, want %+v", err, back.Standing(), c.Standing())
	}
	if was, _ := back.AsOf(now.Add(time.Minute), lifeRules); was.Line(0).Received != 7 {
		t.Errorf("between the two it stood at %+v", was.Line(0))
	}
	if _, err := c.Corrected("a", []int64{11, 3}, now, lifeRules); err == nil {
		t.Error("more than was reported was received")
	}
	if _, err := c.Corrected("b", []int64{1, 1}, now, lifeRules); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such delivery: %v", err)
	}
	open := begin(t).signed().schedule("2021-04-26").report("a", 10, 3)
	var refused *StateError
	if _, err := open.c.Corrected("a", []int64{1, 1}, now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("nothing was agreed on, and yet corrected: %v", err)
	}
	disputed := open.answer("a", Fewer, ViaSteward, 9, 3)
	if _, err := disputed.c.Corrected("a", []int64{9, 3}, now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("a dispute is settled, not corrected: %v", err)
	}
}

func TestAFileIsReviewedOnceAndTheReviewCanBeTakenBack(t *testing.T) {
	e := Evidence{ID: "e", Commitment: someID, State: EvidenceAccepted}
	ok, err := e.Reviewed(Approved, noon)
	if err != nil || ok.Review != Approved || ok.ReviewVersion != 1 || !ok.ReviewedAt.Equal(noon) {
		t.Fatalf("approved: %+v, %v", ok, err)
	}
	if again, err := ok.Reviewed(Approved, noon.Add(time.Hour)); err != nil || again != ok {
		t.Errorf("approved again: %+v, %v", again, err)
	}
	var refused *StateError
	if _, err := ok.Reviewed(Rejected, noon); !errors.As(err, &refused) {
		t.Errorf("rejected after it was approved: %v", err)
	}
	open, err := ok.Reviewed("", noon)
	if err != nil || open.Review != "" || open.ReviewVersion != 2 {
		t.Errorf("taken back: %+v, %v", open, err)
	}
	if _, err := open.Reviewed("?", noon); err == nil {
		t.Error("there is no such review")
	}
	e.State = EvidenceRefused
	if _, err := e.Reviewed(Approved, noon); !errors.As(err, &refused) {
		t.Errorf("approved what was not accepted: %v", err)
	}
}

func TestNobodyDecidesTheirOwnProposalAndNobodyElseWithdrawsIt(t *testing.T) {
	p := Proposal{ID: "p", State: ProposalOpen, Version: 1}
	who := Proposer{By: "one"}
	for _, try := range []struct {
		to   ProposalState
		by   OfficerID
		want error
	}{
		{ProposalApproved, "one", ErrDenied}, {ProposalRejected, "one", ErrDenied}, {ProposalWithdrawn, "two", ErrDenied}, {ProposalApproved, "", ErrDenied},
		{ProposalApproved, "two", nil}, {ProposalRejected, "two", nil}, {ProposalWithdrawn, "one", nil},
	} {
		after, err := p.Decided(try.to, who, try.by, noon)
		if !errors.Is(err, try.want) || err == nil && (after.State != try.to || after.Version != 2) {
			t.Errorf("%s by %q: %+v, %v; want %v", try.to, try.by, after, err, try.want)
		}
	}
	p.State = ProposalRejected
	var refused *StateError
	if _, err := p.Decided(ProposalApproved, who, "two", noon); !errors.As(err, &refused) {
		t.Errorf("decided twice: %v", err)
	}
}
