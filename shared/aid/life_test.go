package aid

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// lifeRules is the catalogue of the lives told here: the rules of the town, with
// reminders.
var lifeRules = func() *Catalogue {
	c := *rules
	c.Limits.NudgeHours = [2]int{24, 40}
	return &c
}()

// life tells the life of a commitment. A step that is refused ends the test.
type life struct {
	t *testing.T
	c Commitment
	// now is when the next step happens.
	now time.Time
}

// begin submits 10 sembako and 3 tents worth 100 rupiah, at noon.
func begin(t *testing.T) *life {
	t.Helper()
	d := draft()
	d.Lines = []DraftLine{{Need: NeedOf(rw, "sembako"), Quantity: 10}, {Free: &FreeAid{Description: "tenda", Unit: "buah", Quantity: 3, Value: 100}}}
	p, err := d.Check(lifeRules, here, readPhone, noon)
	if err != nil {
		t.Fatal(err)
	}
	p.Commitment.Collaborator = "siti"
	return &life{t, p.Commitment, noon}
}

// then takes a step; each is an hour after the one before.
func (l *life) then(c Commitment, err error) *life {
	l.t.Helper()
	if err != nil {
		l.t.Fatalf("after %v: %v", steps(l.c), err)
	}
	l.c, l.now = c, l.now.Add(time.Hour)
	return l
}

func steps(c Commitment) (all []Move) {
	for _, e := range c.Log {
		all = append(all, e.Move)
	}
	return all
}

func (l *life) wait(d time.Duration) *life { l.now = l.now.Add(d); return l }
func (l *life) verify() *life              { l.t.Helper(); return l.then(l.c.Verified(l.now, lifeRules)) }
func (l *life) speak() *life {
	l.t.Helper()
	return l.then(l.c.Spoken(Collaborator, l.now, lifeRules))
}
func (l *life) silent() *life { l.t.Helper(); return l.then(l.c.Unanswered(l.now, lifeRules)) }
func (l *life) renew() *life  { l.t.Helper(); return l.then(l.c.RenewedAt(l.now, lifeRules)) }
func (l *life) schedule(on Day) *life {
	l.t.Helper()
	return l.then(l.c.ScheduledFor(Appointment{On: on}, Collaborator, l.now, lifeRules))
}
func (l *life) sign() *life { l.t.Helper(); return l.then(l.c.SignedAs("sha256-1", l.now, lifeRules)) }
func (l *life) report(id DeliveryID, quantities ...int64) *life {
	l.t.Helper()
	return l.then(l.c.Reported(DeliveryReport{ID: id, On: DayOf(l.now, town), Quantities: quantities}, l.now, lifeRules))
}
func (l *life) answer(id DeliveryID, a Answer, via Via, quantities ...int64) *life {
	l.t.Helper()
	return l.then(l.c.ReceivedAs(ReceiptAnswer{id, a, quantities, via}, l.now, lifeRules))
}
func (l *life) settle(id DeliveryID, by Role, quantities ...int64) *life {
	l.t.Helper()
	return l.then(l.c.SettledAs(id, quantities, by, l.now, lifeRules))
}
func (l *life) withdraw() *life {
	l.t.Helper()
	return l.then(l.c.WithdrawnFor("other", Collaborator, l.now, lifeRules))
}
func (l *life) forget() *life {
	l.t.Helper()
	return l.then(l.c.Forgotten(Collaborator, l.now, lifeRules))
}

// elapse lets time do its work, an hour after everything that is due by then.
func (l *life) elapse(d time.Duration) *life {
	l.wait(d)
	for {
		after, _, _, ok := l.c.Elapsed(l.now, lifeRules)
		if !ok {
			return l
		}
		l.c = after
	}
}

// signed is a commitment as ready to be delivered as it can be.
func (l *life) signed() *life { l.t.Helper(); return l.verify().speak().sign() }

// standing is a commitment in one place of its life and what each role may do
// there.
type standing struct {
	name                           string
	life                           *life
	state                          State
	collaborator, steward, officer string
	clock                          string // without the reminders, which are asked for by time
}

// standings tells every place of a life in which something else is allowed than
// in the others.
func standings(t *testing.T) []standing {
	part := func() *life { return begin(t).signed().report("a", 4, 1) }
	whole := func() *life { return begin(t).signed().report("a", 10, 3) }
	return []standing{
		{"submitted", begin(t), Submitted, "verify withdraw", "", "withdraw", "drop"},
		{"pledged", begin(t).verify(), Pledged, "contacted renew sign silent withdraw", "contacted", "contacted withdraw", "lapse"},
		{"pledged, steward silent", begin(t).verify().silent(), Pledged, "contacted renew sign withdraw", "contacted", "contacted withdraw", "lapse"},
		{"pledged, renewed", begin(t).verify().renew(), Pledged, "contacted sign silent withdraw", "contacted", "contacted withdraw", "lapse"},
		{"contacted", begin(t).verify().speak(), Contacted, "schedule sign withdraw", "", "schedule withdraw", ""},
		{"scheduled", begin(t).verify().speak().schedule("2021-04-26"), Scheduled, "schedule sign withdraw", "", "schedule withdraw", ""},
		{"signed before contact", begin(t).verify().sign(), Signed, "contacted renew report silent withdraw", "contacted receive", "contacted receive withdraw", "lapse"},
		{"signed, silent and renewed", begin(t).verify().silent().renew().sign(), Signed, "contacted report withdraw", "contacted receive", "contacted receive withdraw", "lapse"},
		{"signed", begin(t).signed(), Signed, "report schedule withdraw", "receive", "receive schedule withdraw", ""},
		{"a part reported", part(), Delivered, "release report schedule", "receive", "receive release schedule", ""},
		{"all reported", whole(), Delivered, "", "receive", "receive", "forget"},
		{"a part received", part().answer("a", Full, ViaSteward), Delivered, "release report schedule", "receive", "receive release schedule", ""},
		{"a part received by code", part().answer("a", Full, ViaBAST), Delivered, "release report schedule", "receive", "receive release schedule", ""},
		{"a part received, the rest released", part().answer("a", Full, ViaSteward).withdraw(), Received, "", "", "receive", "forget"},
		{"a part reported, the rest released", part().withdraw(), Delivered, "", "receive", "receive", "forget"},
		{"a part disputed", part().answer("a", Fewer, ViaSteward, 3, 1), Disputed, "release report schedule settle", "receive", "receive release schedule settle", ""},
		{"all disputed", whole().answer("a", None, ViaSteward), Disputed, "settle", "receive", "receive settle", "forget"},
		{"all disputed by an officer", whole().answer("a", None, ViaOfficer), Disputed, "settle", "", "receive settle", "forget"},
		{"disputed, the rest released", part().answer("a", Fewer, ViaSteward, 3, 1).withdraw(), Disputed, "settle", "receive", "receive settle", "forget"},
		{"nothing arrived after all", whole().answer("a", None, ViaSteward).settle("a", Collaborator), Signed, "release report schedule", "receive", "receive release schedule", ""},
		{"nothing arrived, and no more will", whole().answer("a", None, ViaSteward).settle("a", Collaborator).withdraw(), Withdrawn, "", "", "", "forget"},
		{"fewer settled", whole().answer("a", Fewer, ViaSteward, 9, 3).settle("a", Collaborator), Delivered, "release report schedule", "receive", "receive release schedule", ""},
		{"received", whole().answer("a", Full, ViaSteward), Received, "", "", "receive", "forget"},
		{"received by handed-over link", whole().answer("a", Full, ViaHandover), Received, "", "receive", "receive", "forget"},
		{"received from an officer", whole().answer("a", Full, ViaOfficer), Received, "", "", "", "forget"},
		{"lapsed", begin(t).verify().elapse(72 * time.Hour), Lapsed, "renew", "", "", "forget"},
		{"lapsed after a renewal", begin(t).verify().renew().elapse(120 * time.Hour), Lapsed, "", "", "", "forget"},
		{"lapsed though signed", begin(t).verify().sign().elapse(72 * time.Hour), Lapsed, "renew report", "receive", "receive", "forget"},
		{"withdrawn", begin(t).verify().withdraw(), Withdrawn, "", "", "", "forget"},
		{"dropped", begin(t).elapse(25 * time.Hour), Dropped, "", "", "", ""},
		{"forgotten while a delivery waits", whole().forget(), Delivered, "", "receive", "receive", ""},
		{"lapsed and forgotten", begin(t).verify().sign().elapse(200 * 24 * time.Hour), Lapsed, "", "", "", ""},
		{"received and forgotten", whole().answer("a", Full, ViaBAST).elapse(200 * 24 * time.Hour), Received, "", "receive", "receive", ""},
	}
}

// attempt makes a move with what is most likely to be allowed.
func attempt(c Commitment, m Move, by Role, now time.Time) (Commitment, error) {
	switch m {
	case Verify:
		return c.Verified(now, lifeRules)
	case Speak:
		return c.Spoken(by, now, lifeRules)
	case Silent:
		return c.Unanswered(now, lifeRules)
	case Renew:
		return c.RenewedAt(now, lifeRules)
	case Schedule:
		return c.ScheduledFor(Appointment{On: max(DayOf(now, town), c.Schedule.On.Plus(1))}, by, now, lifeRules)
	case Sign:
		return c.SignedAs("sha256-2", now, lifeRules)
	case Report:
		return c.Reported(DeliveryReport{ID: fresh(c), On: DayOf(now, town), Quantities: atLeastOne(c.deliverable())}, now, lifeRules)
	case Receive:
		return c.ReceivedAs(aptAnswer(c, by), now, lifeRules)
	case Settle:
		for _, d := range c.Deliveries {
			if d.Open() {
				return c.SettledAs(d.ID, d.Received, by, now, lifeRules)
			}
		}
		if len(c.Deliveries) == 0 {
			return c, c.allow(Settle, by)
		}
		return c.SettledAs(c.Deliveries[0].ID, []int64{0, 1}, by, now, lifeRules)
	case Release, Withdraw:
		if (m == Release) != (len(c.Deliveries) > 0) {
			return c, c.allow(m, by) // the other of the two is made
		}
		reason := "other"
		if c.Reason == reason {
			reason = "duplicate"
		}
		return c.WithdrawnFor(reason, by, now, lifeRules)
	}
	return c, c.allow(m, by) // of time alone
}

// fresh is the id of a delivery that the commitment does not know.
func fresh(c Commitment) DeliveryID { return DeliveryID(fmt.Sprintf("new%d", c.Version)) }

// atLeastOne returns one of everything that there is, or of the first when there
// is nothing.
func atLeastOne(most []int64) []int64 {
	one := make([]int64, len(most))
	for i, n := range most {
		one[i] = min(1, max(0, n))
	}
	if !some(one) {
		one[0] = 1
	}
	return one
}

// aptAnswer says something new of a delivery that a role may answer for.
func aptAnswer(c Commitment, by Role) ReceiptAnswer {
	a := ReceiptAnswer{Delivery: fresh(c), Answer: Full, Via: strongest[by]}
	for _, d := range c.Deliveries {
		if !c.answerable(d, a.Via) {
			continue
		}
		a.Delivery = d.ID
		if d.Answer == Full && !d.Open() {
			a.Answer = None
		}
		break
	}
	if _, known := c.Delivery(a.Delivery); !known && !c.takesDelivery() && len(c.Deliveries) > 0 {
		a.Delivery, a.Answer = c.Deliveries[0].ID, None
	}
	return a
}

// Every move, by every role, in every place of a life: it is made where it is
// allowed, and refused elsewhere with what is allowed instead. What was said
// before may be said again, and changes nothing.
func TestEveryMoveIsAllowedOrNamesWhatIs(t *testing.T) {
	roles := []Role{Collaborator, Steward, Officer, Clock}
	all := []Move{Verify, Speak, Silent, Renew, Schedule, Sign, Report, Receive, Settle, Release, Withdraw, Lapse, Drop, Forget}
	repeats := []Move{Speak, Silent, Renew, Sign, Receive, Settle} // may say what was said
	cells := 0
	for _, s := range standings(t) {
		if s.life.c.State != s.state {
			t.Errorf("%s: %s; want %s", s.name, s.life.c.State, s.state)
		}
		for i, want := range []string{s.collaborator, s.steward, s.officer, s.clock} {
			by := roles[i]
			for _, m := range all {
				cells++
				c := s.life.c
				allowed := slices.Contains(strings.Fields(want), string(m))
				if got := slices.Contains(c.Allowed(by), m); got != allowed {
					t.Errorf("%s: %s may %s: %v", s.name, by, m, got)
				}
				if by == Clock || !slices.Contains(movesOf[by], m) {
					continue // nobody can ask for it in that role
				}
				after, err := attempt(c, m, by, s.life.now)
				var refused *StateError
				switch {
				case allowed && (err != nil || after.Version != c.Version+1 || !stepped(after, s.life.now, m, by)):
					t.Errorf("%s: %s by %s: version %d, log %v, %v", s.name, m, by, after.Version, after.Log, err)
				case !allowed && err == nil && (!slices.Contains(repeats, m) || !reflect.DeepEqual(after, c)):
					t.Errorf("%s: %s by %s was made", s.name, m, by)
				case !allowed && err != nil && (!errors.As(err, &refused) || refused.State != c.State || !slices.Equal(refused.Allowed, c.Allowed(by))):
					t.Errorf("%s: %s by %s: %v; want a refusal that allows %v", s.name, m, by, err, c.Allowed(by))
				}
			}
		}
	}
	if want := len(standings(t)) * 4 * len(all); cells != want || len(States) > len(standings(t)) {
		t.Errorf("%d cells tried; want %d", cells, want)
	}
	seen := map[State]bool{}
	for _, s := range standings(t) {
		seen[s.state] = true
	}
	for _, state := range States {
		if !seen[state] {
			t.Errorf("no life stands at %s", state)
		}
	}
}

func TestWhatWasSaidBeforeChangesNothing(t *testing.T) {
	whole := begin(t).signed().schedule("2021-04-26").report("a", 10, 3).answer("a", Fewer, ViaSteward, 9, 3)
	settled := *whole
	settled.settle("a", Collaborator)
	released := settled
	released.withdraw()
	for name, again := range map[string]func() (Commitment, Commitment, error){
		"contacted, by the other side": func() (Commitment, Commitment, error) {
			after, err := whole.c.Spoken(Steward, whole.now, lifeRules)
			return whole.c, after, err
		},
		"the same day": func() (Commitment, Commitment, error) {
			after, err := whole.c.ScheduledFor(Appointment{On: "2021-04-26"}, Officer, whole.now, lifeRules)
			return whole.c, after, err
		},
		"another signature": func() (Commitment, Commitment, error) {
			after, err := whole.c.SignedAs("sha256-2", whole.now, lifeRules)
			return whole.c, after, err
		},
		"the same report": func() (Commitment, Commitment, error) {
			d := settled.c.Deliveries[0]
			after, err := settled.c.Reported(DeliveryReport{d.ID, d.On, d.Quantities, d.Evidence}, settled.now, lifeRules)
			return settled.c, after, err
		},
		"the same answer": func() (Commitment, Commitment, error) {
			after, err := whole.c.ReceivedAs(ReceiptAnswer{"a", Fewer, []int64{9, 3}, ViaSteward}, whole.now, lifeRules)
			return whole.c, after, err
		},
		"the same answer after it was settled": func() (Commitment, Commitment, error) {
			after, err := settled.c.ReceivedAs(ReceiptAnswer{"a", Fewer, []int64{9, 3}, ViaSteward}, settled.now, lifeRules)
			return settled.c, after, err
		},
		"settled": func() (Commitment, Commitment, error) {
			after, err := settled.c.SettledAs("a", nil, Collaborator, settled.now, lifeRules)
			return settled.c, after, err
		},
		"released": func() (Commitment, Commitment, error) {
			after, err := released.c.WithdrawnFor("other", Collaborator, released.now, lifeRules)
			return released.c, after, err
		},
		"forgotten": func() (Commitment, Commitment, error) {
			gone, err := released.c.Forgotten(Collaborator, released.now, lifeRules)
			if err != nil {
				return gone, gone, err
			}
			after, err := gone.Forgotten(Collaborator, released.now.Add(time.Hour), lifeRules)
			return gone, after, err
		},
	} {
		if before, after, err := again(); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%s, said again: %v, from\n%+v to\n%+v", name, err, before, after)
		}
	}
}

// holds fails unless the lines stand so, as committed/delivered/received.
func (l *life) holds(want ...Counts) {
	l.t.Helper()
	for i, n := range want {
		if got := l.c.Line(i); got != n {
			l.t.Errorf("after %v, line %d stands at %+v; want %+v", steps(l.c), i, got, n)
		}
	}
}

func (l *life) is(want State) {
	l.t.Helper()
	if l.c.State != want {
		l.t.Errorf("after %v: %s; want %s", steps(l.c), l.c.State, want)
	}
	if ended := !l.c.State.Counts() && want != Submitted || want == Received; ended != !l.c.EndedAt.IsZero() {
		l.t.Errorf("after %v: %s, ended at %v", steps(l.c), want, l.c.EndedAt)
	}
}

func TestSubmissionHoldsNothingAndAPledgeAllOfIt(t *testing.T) {
	l := begin(t)
	l.holds(Counts{}, Counts{})
	l.verify()
	l.holds(Counts{Committed: 10}, Counts{Committed: 3})
	if want := noon.Add(48 * time.Hour); !l.c.PledgedAt.Equal(noon) || !l.c.ContactBy.Equal(want) {
		t.Errorf("pledged at %v, contact by %v; want %v", l.c.PledgedAt, l.c.ContactBy, want)
	}
	l.withdraw()
	l.holds(Counts{}, Counts{})
	l.is(Withdrawn)
}

func TestChannelIsProvenInTimeAndThroughAnAggregatorWithItsPermit(t *testing.T) {
	l := begin(t)
	for _, late := range []time.Duration{0, time.Second} {
		if _, err := l.c.Verified(l.c.VerifyBy.Add(late), lifeRules); !errors.Is(err, ErrExpired) {
			t.Errorf("%v after its time: %v; want expired", late, err)
		}
	}
	if _, err := l.c.Verified(l.c.VerifyBy.Add(-time.Millisecond), lifeRules); err != nil {
		t.Errorf("in the last moment: %v", err)
	}
	for aggregator, want := range map[AggregatorID]error{"act": nil, "lama": ErrExpired, "dicabut": ErrExpired, "unknown": ErrExpired} {
		c := l.c
		c.Route, c.Aggregator = Aggregate, aggregator
		if _, err := c.Verified(noon, lifeRules); !errors.Is(err, want) {
			t.Errorf("through %s: %v; want %v", aggregator, err, want)
		}
	}
}

func TestDeliveriesMayComeInPartsAndUpToWhatWasPromised(t *testing.T) {
	l := begin(t).signed().report("a", 4, 0)
	l.holds(Counts{6, 4, 0}, Counts{3, 0, 0})
	l.report("b", 5, 3)
	l.holds(Counts{1, 9, 0}, Counts{0, 3, 0})
	if want := []BASTNumber{l.c.ID.BAST(1), l.c.ID.BAST(2)}; l.c.Deliveries[0].Number != want[0] || l.c.Deliveries[1].Number != want[1] || l.c.NextBAST() != want[0] {
		t.Errorf("numbers %s and %s, next %s; want %v and the first", l.c.Deliveries[0].Number, l.c.Deliveries[1].Number, l.c.NextBAST(), want)
	}
	for name, quantities := range map[string][]int64{
		"more than is left": {2, 0}, "of a line that has none left": {0, 1}, "less than nothing": {1, -1}, "nothing": {0, 0}, "one line": {1}, "three lines": {1, 0, 0},
	} {
		var invalid *InvalidError
		if _, err := l.c.Reported(DeliveryReport{ID: "c", On: "2021-04-24", Quantities: quantities}, l.now, lifeRules); !errors.As(err, &invalid) {
			t.Errorf("%s: %v; want it invalid", name, err)
		}
	}
	l.answer("b", Full, ViaSteward)
	l.is(Delivered)
	l.holds(Counts{1, 4, 5}, Counts{0, 0, 3})
	l.answer("a", Full, ViaSteward)
	l.is(Delivered) // one is still to come
	if got := l.c.NextBAST(); got != l.c.ID.BAST(3) {
		t.Errorf("next BAST %s; want the third", got)
	}
	l.report("c", 1, 0).answer("c", Full, ViaSteward)
	l.is(Received)
	l.holds(Counts{0, 0, 10}, Counts{0, 0, 3})
}

func TestReportSaysADayBetweenThePledgeAndToday(t *testing.T) {
	l := begin(t).signed().wait(48 * time.Hour) // 2021-04-26
	for on, code := range map[Day]string{"2021-04-23": "past", "2021-04-24": "", "2021-04-26": "", "2021-04-27": "future", "2021-02-30": "date", "": "required"} {
		_, err := l.c.Reported(DeliveryReport{ID: "a", On: on, Quantities: []int64{1, 0}}, l.now, lifeRules)
		var invalid *InvalidError
		if code == "" && err != nil || code != "" && (!errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Code != code) {
			t.Errorf("delivered on %q: %v; want %q", on, err, code)
		}
	}
	if _, err := l.report("a", 1, 0).c.Reported(DeliveryReport{ID: "a", On: "2021-04-26", Quantities: []int64{2, 0}}, l.now, lifeRules); !errors.Is(err, ErrExists) {
		t.Errorf("another report under the same id: %v; want it to exist", err)
	}
	files := DeliveryReport{ID: "b", On: "2021-04-26", Quantities: []int64{1, 0}, Evidence: make([]EvidenceID, MaxEvidence+1)}
	var invalid *InvalidError
	if _, err := l.c.Reported(files, l.now, lifeRules); !errors.As(err, &invalid) {
		t.Errorf("with %d files: %v", len(files.Evidence), err)
	}
}

func TestWhoeverReportsHasSpoken(t *testing.T) {
	l := begin(t).verify().sign().report("a", 1, 0)
	if l.c.ContactedAt.IsZero() || l.c.Allows(Lapse) {
		t.Errorf("contacted at %v, may lapse %v", l.c.ContactedAt, l.c.Allows(Lapse))
	}
}

func TestLowerFigureCountsWhileTheTwoSidesDiffer(t *testing.T) {
	l := begin(t).signed().report("a", 8, 3).answer("a", Fewer, ViaSteward, 5, 3)
	l.is(Disputed)
	// Three units are in dispute and stay promised; two were never reported.
	l.holds(Counts{5, 0, 5}, Counts{0, 0, 3})
	if got := l.c.Outstanding(); got[0] != 2 {
		t.Errorf("%d outstanding; want only what no delivery stands for, 2", got[0])
	}
	var invalid *InvalidError
	for _, figure := range [][]int64{{4, 3}, {9, 3}, {5}, nil} {
		if _, err := l.c.SettledAs("a", figure, Officer, l.now, lifeRules); !errors.As(err, &invalid) {
			t.Errorf("settled at %v: %v; want it refused", figure, err)
		}
	}
	if _, err := l.c.SettledAs("b", nil, Collaborator, l.now, lifeRules); !errors.Is(err, ErrNotFound) {
		t.Errorf("settled a delivery that is none: %v", err)
	}
	for name, end := range map[string]struct {
		by   Role
		at   []int64
		want Counts
		free int64
	}{
		"the collaborator accepts":      {Collaborator, nil, Counts{5, 0, 5}, 5},
		"an officer believes the lower": {Officer, []int64{5, 3}, Counts{5, 0, 5}, 5},
		"one in between":                {Officer, []int64{7, 3}, Counts{3, 0, 7}, 3},
		"what was reported":             {Officer, []int64{8, 3}, Counts{2, 0, 8}, 2},
	} {
		settled := *l
		settled.settle("a", end.by, end.at...)
		settled.is(Delivered)
		settled.holds(end.want)
		if got := settled.c.Outstanding()[0]; got != end.free || settled.c.Deliveries[0].SettledBy != end.by {
			t.Errorf("%s: %d outstanding, settled by %s; want %d", name, got, settled.c.Deliveries[0].SettledBy, end.free)
		}
	}
}

func TestStewardCorrectsTheirOwnAnswer(t *testing.T) {
	l := begin(t).signed().report("a", 10, 3).answer("a", None, ViaSteward)
	l.is(Disputed)
	l.answer("a", Fewer, ViaSteward, 9, 3).answer("a", Full, ViaSteward)
	l.is(Received)
	l.holds(Counts{0, 0, 10})
	var refused *StateError
	if _, err := l.c.ReceivedAs(ReceiptAnswer{"a", None, nil, ViaSteward}, l.now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("taking back what both agree on: %v", err)
	}
}

// A link or a code that passed through other hands proves less.
func TestStewardOverridesWhatAHandedOverLinkSaid(t *testing.T) {
	strengths := [][]Via{{ViaBAST, ViaHandover}, {ViaSteward}, {ViaOfficer}}
	for i, weaker := range strengths {
		for j, stronger := range strengths {
			for _, first := range weaker {
				for _, second := range stronger {
					l := begin(t).signed().report("a", 10, 3).answer("a", Full, first)
					after, err := l.c.ReceivedAs(ReceiptAnswer{"a", None, nil, second}, l.now, lifeRules)
					var refused *StateError
					switch {
					case j > i && (err != nil || after.State != Disputed || after.Deliveries[0].Via != second):
						t.Errorf("%s after %s: %v, %+v; want a dispute", second, first, err, after.Deliveries)
					case j <= i && !errors.As(err, &refused):
						t.Errorf("%s after %s: %v; want it refused", second, first, err)
					}
				}
			}
		}
	}
	// While the two sides differ, the same hands may correct themselves.
	l := begin(t).signed().report("a", 10, 3).answer("a", None, ViaBAST).answer("a", Full, ViaHandover)
	l.is(Received)
}

func TestStrongerAnswerThatSaysTheSameLeavesItSettled(t *testing.T) {
	l := begin(t).signed().report("a", 10, 3).answer("a", Fewer, ViaBAST, 9, 3).settle("a", Collaborator).answer("a", Fewer, ViaSteward, 9, 3)
	if d := l.c.Deliveries[0]; d.Open() || d.Via != ViaSteward || l.c.State != Delivered {
		t.Errorf("%s, %+v; want it settled, through the steward", l.c.State, d)
	}
}

// What a delivery fell short of may be delivered again. Then the first cannot
// have been complete after all: the two would be more than was promised.
func TestCorrectionNeverMakesMoreThanWasPromised(t *testing.T) {
	l := begin(t).signed().report("a", 6, 3).answer("a", None, ViaBAST).settle("a", Collaborator).report("b", 10, 3)
	l.holds(Counts{0, 10, 0})
	for _, a := range []ReceiptAnswer{{"a", Full, nil, ViaSteward}, {"a", Fewer, []int64{1, 0}, ViaSteward}, {"a", None, nil, ViaSteward}, {"a", Full, nil, ViaOfficer}} {
		var refused *StateError
		if after, err := l.c.ReceivedAs(a, l.now, lifeRules); !errors.As(err, &refused) {
			t.Errorf("%+v: %v, line %+v; want it refused", a, err, after.Line(0))
		}
	}
	room := begin(t).signed().report("a", 6, 3).answer("a", None, ViaBAST).settle("a", Collaborator).report("b", 4, 0).answer("a", Full, ViaSteward)
	room.holds(Counts{0, 4, 6}, Counts{0, 0, 3})
}

func TestReceiptMayComeBeforeAnyReport(t *testing.T) {
	l := begin(t).verify().sign().answer("x", Fewer, ViaHandover, 4, 0)
	l.is(Delivered)
	l.holds(Counts{6, 0, 4}, Counts{3, 0, 0})
	d := l.c.Deliveries[0]
	if d.ReportedBy != Steward || d.On != "2021-04-24" || d.Number != l.c.ID.BAST(1) || d.Open() {
		t.Errorf("%+v; want a delivery that the steward reports", d)
	}
	var invalid *InvalidError
	for name, a := range map[string]ReceiptAnswer{
		"more than was promised": {"y", Fewer, []int64{7, 0}, ViaSteward}, "nothing": {"y", Fewer, []int64{0, 0}, ViaSteward},
		"none of what nobody reported": {"y", None, nil, ViaSteward}, "no answer": {"y", "", nil, ViaSteward}, "one line": {"y", Fewer, []int64{1}, ViaSteward},
	} {
		if _, err := l.c.ReceivedAs(a, l.now, lifeRules); !errors.As(err, &invalid) {
			t.Errorf("%s: %v; want it invalid", name, err)
		}
	}
	l.answer("y", Full, ViaOfficer)
	l.is(Received)
	l.holds(Counts{0, 0, 10}, Counts{0, 0, 3})
	if l.c.Deliveries[1].ReportedBy != Officer {
		t.Errorf("reported by %s; want an officer", l.c.Deliveries[1].ReportedBy)
	}
}

func TestReceiptIsNeverAboveWhatWasDelivered(t *testing.T) {
	l := begin(t).signed().report("a", 4, 1)
	var invalid *InvalidError
	for _, figures := range [][]int64{{5, 1}, {4, 2}, {-1, 1}} {
		if _, err := l.c.ReceivedAs(ReceiptAnswer{"a", Fewer, figures, ViaSteward}, l.now, lifeRules); !errors.As(err, &invalid) {
			t.Errorf("%v of 4 and 1: %v; want it invalid", figures, err)
		}
	}
	if l.answer("a", Fewer, ViaSteward, 4, 1); l.c.Deliveries[0].Answer != Full {
		t.Errorf("all of it, said line by line, is %q", l.c.Deliveries[0].Answer)
	}
}

func TestReleaseReturnsTheRestAndKeepsWhatWasDelivered(t *testing.T) {
	waiting := begin(t).signed().report("a", 4, 1).withdraw()
	waiting.is(Delivered)
	waiting.holds(Counts{0, 4, 0}, Counts{0, 1, 0})
	if waiting.c.Reason != "other" || waiting.c.EndedAt != (time.Time{}) || some(waiting.c.Outstanding()) {
		t.Errorf("released for %q, outstanding %v", waiting.c.Reason, waiting.c.Outstanding())
	}
	waiting.answer("a", Full, ViaSteward)
	waiting.is(Received)
	waiting.holds(Counts{0, 0, 4}, Counts{0, 0, 1})

	disputed := begin(t).signed().report("a", 4, 1).answer("a", Fewer, ViaSteward, 1, 1).withdraw()
	disputed.is(Disputed)
	disputed.holds(Counts{3, 0, 1}, Counts{0, 0, 1}) // what is in dispute stays promised
	disputed.settle("a", Officer, 2, 1)
	disputed.is(Received)
	disputed.holds(Counts{0, 0, 2}, Counts{0, 0, 1})

	nothing := begin(t).signed().report("a", 4, 1).answer("a", None, ViaSteward).settle("a", Collaborator)
	nothing.is(Signed) // it may still be delivered
	nothing.holds(Counts{10, 0, 0}, Counts{3, 0, 0})
	nothing.withdraw()
	nothing.is(Withdrawn)
	nothing.holds(Counts{}, Counts{})

	later := begin(t).signed().report("a", 4, 1).answer("a", None, ViaSteward).withdraw()
	later.holds(Counts{4, 0, 0}, Counts{1, 0, 0})
	later.settle("a", Collaborator)
	later.is(Withdrawn)
	later.holds(Counts{}, Counts{})
}

func TestWithdrawalHasAReasonFromTheList(t *testing.T) {
	l := begin(t).verify()
	var invalid *InvalidError
	if _, err := l.c.WithdrawnFor("because", Collaborator, l.now, lifeRules); !errors.As(err, &invalid) {
		t.Errorf("a reason in one's own words: %v", err)
	}
	for _, reason := range WithdrawReasons {
		if after, err := l.c.WithdrawnFor(reason, Officer, l.now, lifeRules); err != nil || after.Reason != reason || after.EndedAt != l.now {
			t.Errorf("%s: %v, %q at %v", reason, err, after.Reason, after.EndedAt)
		}
	}
}

// A delivery that was made counts even if the clock was faster than its report.
func TestDeliveryBeatsTheClock(t *testing.T) {
	l := begin(t).verify().sign().elapse(49 * time.Hour)
	l.is(Lapsed)
	l.holds(Counts{}, Counts{})
	reported, received := *l, *l
	reported.report("a", 4, 1)
	reported.is(Delivered)
	reported.holds(Counts{6, 4, 0}, Counts{2, 1, 0})
	received.answer("a", Full, ViaSteward)
	received.is(Received)
	received.holds(Counts{0, 0, 10}, Counts{0, 0, 3})
	for _, c := range []Commitment{reported.c, received.c} {
		if c.Allows(Lapse) || c.Standing().Lapsed != 0 || c.Standing().Open != 1 {
			t.Errorf("may lapse %v, %+v", c.Allows(Lapse), c.Standing())
		}
	}
}

func TestRenewalGivesAnotherTwoDaysOnce(t *testing.T) {
	running := begin(t).verify().wait(10 * time.Hour).renew()
	if want := noon.Add(96 * time.Hour); !running.c.ContactBy.Equal(want) {
		t.Errorf("renewed while it ran: until %v; want %v", running.c.ContactBy, want)
	}
	lapsed := begin(t).verify().elapse(60 * time.Hour)
	at := lapsed.now
	lapsed.renew()
	lapsed.is(Pledged)
	lapsed.holds(Counts{Committed: 10}, Counts{Committed: 3})
	if want := at.Add(48 * time.Hour); !lapsed.c.ContactBy.Equal(want) {
		t.Errorf("renewed after it lapsed: until %v; want %v", lapsed.c.ContactBy, want)
	}
	lapsed.elapse(48 * time.Hour)
	lapsed.is(Lapsed)
	var refused *StateError
	if _, err := lapsed.c.RenewedAt(lapsed.now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("renewed a second time: %v", err)
	}
	begin(t).verify().sign().elapse(60 * time.Hour).renew().is(Signed) // a signature stands
}

func TestSilentStewardKeepsThePromiseForAnotherTwoDays(t *testing.T) {
	l := begin(t).verify().wait(30 * time.Hour).silent()
	if want := noon.Add(96 * time.Hour); !l.c.ContactBy.Equal(want) || l.c.SilentAt.IsZero() {
		t.Errorf("silent at %v, contact by %v; want %v", l.c.SilentAt, l.c.ContactBy, want)
	}
	if both := l.renew(); !both.c.ContactBy.Equal(noon.Add(144 * time.Hour)) {
		t.Errorf("silent and renewed: contact by %v; want six days", both.c.ContactBy)
	}
}

func TestTwoCollaboratorsMakeAStewardSilent(t *testing.T) {
	said := func(who CollaboratorID, at time.Time) Commitment { return Commitment{Collaborator: who, SilentAt: at} }
	spoke := func(at time.Time) Commitment { return Commitment{Collaborator: "c", ContactedAt: at} }
	h := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	for name, test := range map[string]struct {
		all  []Commitment
		want bool
	}{
		"nobody":                      {nil, false},
		"one":                         {[]Commitment{said("a", h(0))}, false},
		"one, for two commitments":    {[]Commitment{said("a", h(0)), said("a", h(1))}, false},
		"two":                         {[]Commitment{said("a", h(0)), said("b", h(1))}, true},
		"two, one answered before":    {[]Commitment{spoke(h(-1)), said("a", h(0)), said("b", h(1))}, true},
		"two, one answered between":   {[]Commitment{said("a", h(0)), spoke(h(1)), said("b", h(2))}, false},
		"two, one answered since":     {[]Commitment{said("a", h(0)), said("b", h(1)), spoke(h(2))}, false},
		"three, one answered since":   {[]Commitment{said("a", h(0)), spoke(h(1)), said("b", h(2)), said("c", h(3))}, true},
		"two, one of them long ago":   {[]Commitment{said("a", h(-31*24)), said("b", h(1))}, false},
		"two, one of them last month": {[]Commitment{said("a", h(-29*24)), said("b", h(1))}, true},
	} {
		if got := SilentSteward(test.all, h(5)); got != test.want {
			t.Errorf("%s: silent %v", name, got)
		}
	}
}

func TestAppointmentIsADayAheadWithBothHoursOrNone(t *testing.T) {
	l := begin(t).verify().speak()
	for a, want := range map[Appointment]string{
		{On: "2021-04-24"}: "", {On: "2021-04-25", From: "09:00", To: "11:30"}: "", {On: "2021-07-23"}: "",
		{}: "/on required", {On: "2021-04-23"}: "/on past", {On: "2021-07-24"}: "/on too_large", {On: "2021-04-31"}: "/on date",
		{On: "2021-04-25", From: "09:00"}: "/to required", {On: "2021-04-25", To: "09:00"}: "/to required",
		{On: "2021-04-25", From: "11:00", To: "09:00"}: "/to order", {On: "2021-04-25", From: "09:00", To: "09:00"}: "/to order",
		{On: "2021-04-25", From: "9:00", To: "10:00"}: "/from time", {On: "2021-04-25", From: "09:00", To: "24:00"}: "/to time",
	} {
		after, err := l.c.ScheduledFor(a, Collaborator, l.now, lifeRules)
		var invalid *InvalidError
		switch {
		case want == "" && (err != nil || after.State != Scheduled || after.Schedule != a):
			t.Errorf("%+v: %v", a, err)
		case want != "" && (!errors.As(err, &invalid) || err.Error() != "invalid: "+want):
			t.Errorf("%+v: %v; want %s", a, err, want)
		}
	}
}

func TestForgettingKeepsThePublicFact(t *testing.T) {
	asked := begin(t).verify().withdraw().forget()
	if asked.c.Name != "" || asked.c.ForgottenAt.IsZero() || asked.c.State != Withdrawn || len(asked.c.Lines) != 2 {
		t.Errorf("forgotten when asked: %+v", asked.c)
	}
	byTime := begin(t).signed().report("a", 10, 3).answer("a", Full, ViaSteward)
	byTime.elapse(RetentionDays*24*time.Hour + time.Hour)
	if byTime.c.Name == "" || byTime.c.ForgottenAt.IsZero() {
		t.Errorf("forgotten by time: %q at %v; want the public name kept", byTime.c.Name, byTime.c.ForgottenAt)
	}
	byTime.is(Received)
	byTime.holds(Counts{0, 0, 10}, Counts{0, 0, 3})

	// Whoever is forgotten brings nothing more: what is found to be missing
	// remains for others.
	gone := begin(t).signed().report("a", 10, 3).forget()
	gone.holds(Counts{0, 10, 0}, Counts{0, 3, 0})
	gone.answer("a", Fewer, ViaSteward, 6, 3)
	gone.holds(Counts{4, 0, 6})
	gone.settle("a", Officer, 6, 3)
	gone.is(Received)
	gone.holds(Counts{0, 0, 6}, Counts{0, 0, 3})
	if !gone.c.DueAt.IsZero() {
		t.Errorf("due at %v; want never again", gone.c.DueAt)
	}
}

func TestGivenValueIsSharedOutToTheLastRupiah(t *testing.T) {
	l := begin(t).verify()
	for _, step := range []struct {
		next func() *life
		want Counts
	}{
		{func() *life { return l }, Counts{100, 0, 0}},
		{func() *life { return l.speak().sign().report("a", 0, 1) }, Counts{67, 33, 0}},
		{func() *life { return l.answer("a", Full, ViaSteward) }, Counts{67, 0, 33}},
		{func() *life { return l.report("b", 10, 2) }, Counts{0, 67, 33}},
		{func() *life { return l.answer("b", Full, ViaSteward) }, Counts{0, 0, 100}},
	} {
		if got := step.next().c.Standing().Free; got != step.want {
			t.Errorf("after %v: %+v; want %+v", steps(l.c), got, step.want)
		}
	}
	// The largest promise that a region may allow.
	rich := begin(t).verify().c
	rich.Lines = []Line{{Free: "emas", Quantity: 99_999, Value: 99_999_999_999}}
	if got := rich.Standing().Free.Committed; got != 99_999_999_999 {
		t.Errorf("worth %d; want the estimate", got)
	}
	for _, n := range []int64{-1, 0} {
		rich.Lines[0].Quantity = n // a damaged row must not end whoever recomputes
		if got := rich.Standing().Free.Sum(); got != 0 {
			t.Errorf("%d units are worth %d", n, got)
		}
	}
}

func TestOnlyWhatCouldGoOnForEverIsBounded(t *testing.T) {
	worn := func(l *life) *life { l.c.Version = MaxVersion; return l }
	var refused *StateError
	l := worn(begin(t).signed())
	if _, err := l.c.ScheduledFor(Appointment{On: "2021-04-26"}, Collaborator, l.now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("another day: %v", err)
	}
	worn(l.report("a", 4, 1)).answer("a", None, ViaSteward)
	worn(l)
	if _, err := l.c.ReceivedAs(ReceiptAnswer{"a", Full, nil, ViaSteward}, l.now, lifeRules); !errors.As(err, &refused) {
		t.Errorf("another answer: %v", err)
	}
	worn(worn(l.settle("a", Collaborator)).withdraw()).forget()
	worn(begin(t).verify()).elapse(49 * time.Hour).is(Lapsed)
	worn(begin(t)).elapse(25 * time.Hour).is(Dropped)

	many := begin(t).signed()
	many.c.Lines[0].Quantity = 2 * MaxDeliveries
	for i := range MaxDeliveries {
		many.report(DeliveryID(fmt.Sprint(i)), 1, 0)
	}
	if many.c.Allows(Report) {
		t.Error("a commitment takes one delivery after the other without end")
	}
}

// stepped tells whether the last step that a commitment remembers is this one.
func stepped(c Commitment, at time.Time, m Move, by Role) bool {
	e := c.Log[len(c.Log)-1]
	return e.At.Equal(at) && e.Move == m && e.By == by
}
