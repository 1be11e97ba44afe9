package aid

import (
	"reflect"
	"testing"
	"time"
)

// A need that is changed after a period must not change the report of it.
func TestNeedRemembersHowMuchWasNeeded(t *testing.T) {
	n := Need{Needed: 10}
	n = n.Changed(10, noon) // no change
	n = n.Changed(30, noon.Add(time.Hour))
	n = n.Changed(20, noon.Add(2*time.Hour))
	for at, want := range map[time.Time]int64{
		noon:                                    10,
		noon.Add(time.Hour):                     10, // just before the change
		noon.Add(time.Hour + time.Nanosecond):   30,
		noon.Add(2 * time.Hour):                 30,
		noon.Add(2*time.Hour + time.Nanosecond): 20,
		noon.AddDate(1, 0, 0):                   20,
	} {
		if got := n.NeededAt(at); got != want {
			t.Errorf("needed %d at %v, want %d", got, at, want)
		}
	}
	if len(n.Earlier) != 2 {
		t.Errorf("remembers %v, want the two changes", n.Earlier)
	}
	was := n
	for i := range int64(2 * MaxLevels) {
		n = n.Changed(100+i, noon.AddDate(0, 0, int(i+1)))
	}
	if len(n.Earlier) != MaxLevels {
		t.Errorf("remembers %d levels, want at most %d", len(n.Earlier), MaxLevels)
	}
	if len(was.Earlier) != 2 || was.Needed != 20 {
		t.Errorf("the need before was changed: %+v", was)
	}
}

// The clock sweeps every few minutes; what was due at 23.58 is told of that day
// also by a report that is quicker than the sweep.
func TestWhatTimeHadDoneIsToldBeforeAnybodyNoticed(t *testing.T) {
	c := begin(t).verify().c
	deadline := c.ContactBy
	if was, ok := c.AsOf(deadline, lifeRules); !ok || was.State != Pledged {
		t.Errorf("at the deadline itself it was %s, %v; want pledged: the instant belongs to what follows", was.State, ok)
	}
	early, _ := c.AsOf(deadline.Add(time.Minute), lifeRules)
	noticed := (&life{t, c, deadline.Add(3 * time.Hour)}).elapse(0).c
	late, _ := noticed.AsOf(deadline.Add(time.Minute), lifeRules)
	for name, was := range map[string]Commitment{"before the sweep": early, "after it": late} {
		if was.State != Lapsed || !was.EndedAt.Equal(deadline) {
			t.Errorf("%s: %s, ended %v; want lapsed at %v", name, was.State, was.EndedAt, deadline)
		}
	}
	if !reflect.DeepEqual(early.Log, late.Log) {
		t.Errorf("steps differ:\n%v\n%v", early.Log, late.Log)
	}
}

func TestNothingIsToldOfWhoNeverPledged(t *testing.T) {
	l := begin(t)
	if _, ok := l.c.AsOf(noon.AddDate(1, 0, 0), lifeRules); ok {
		t.Error("a submission was told of")
	}
	c := l.verify().c
	if _, ok := c.AsOf(c.PledgedAt, lifeRules); ok {
		t.Error("told of before it was pledged")
	}
}

// A dispute that ended in April is still one in the report of March.
func TestADisputeIsOneUntilItWasSettled(t *testing.T) {
	l := begin(t).signed().report("a", 10, 3).answer("a", Fewer, ViaSteward, 6, 3)
	disputed := l.now
	c := l.wait(30*24*time.Hour).settle("a", Officer, 8, 3).c
	then, _ := c.AsOf(disputed, lifeRules)
	if then.State != Disputed || then.Line(0) != (Counts{Committed: 4, Received: 6}) {
		t.Errorf("then %s, %+v; want 6 received and 4 in dispute", then.State, then.Line(0))
	}
	if units, value := then.Disputed(0); units != 4 || value != Share(then.Lines[0].Value, 4, 10) {
		t.Errorf("%d units worth %d in dispute, want 4", units, value)
	}
	if units, _ := c.Disputed(0); units != 0 || c.Line(0).Received != 8 {
		t.Errorf("now %d in dispute, %+v; want none and 8 received", units, c.Line(0))
	}
}

func TestPlaceOfThenHasTheCountersOfThen(t *testing.T) {
	l := begin(t).signed()
	before := l.now
	c := l.report("a", 10, 3).answer("a", Full, ViaSteward).c
	need := Need{ID: NeedOf(rw, "sembako"), Package: "sembako", Needed: 40, Received: 10}
	need = need.Changed(12, l.now.AddDate(0, 1, 0))
	p := Place{Needs: []Need{need}, Activity: Activity{Rev: 9, Open: 1, FreeReceived: 100}}
	was, commitments := p.AsOf(before, []Commitment{c}, lifeRules)
	if n := was.Needs[0]; n.Needed != 40 || n.Committed != 10 || n.Received != 0 || !n.Holds() {
		t.Errorf("need of then %+v; want 40 needed, 10 committed", n)
	}
	if a := was.Activity; a.Open != 1 || a.FreeCommitted != 100 || a.FreeReceived != 0 || a.Pledged != 1 {
		t.Errorf("activity of then %+v", a)
	}
	if wrong, activity := Untrue(was, commitments); len(wrong) > 0 || activity {
		t.Errorf("counters of then disagree with its commitments: %v, %v", wrong, activity)
	}
	if p.Needs[0].Received != 10 || p.Activity.FreeReceived != 100 {
		t.Errorf("the place of now was changed: %+v", p)
	}
}

func TestForgettingTakesTheSaltWithTheName(t *testing.T) {
	l := begin(t)
	l.c.Name, l.c.Salt = "Siti", "c2FsdA"
	c := l.signed().report("a", 10, 3).answer("a", Full, ViaSteward).forget().c
	if c.Name != "" || c.Salt != "" {
		t.Errorf("name %q, salt %q; want neither", c.Name, c.Salt)
	}
}
