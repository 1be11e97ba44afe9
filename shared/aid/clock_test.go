package aid

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// elapsed lets time do all it does up to an instant, in one run, and returns the
// moves and letters that it made.
func elapsed(c Commitment, now time.Time) (after Commitment, moves []Move, letters []LetterKind) {
	for {
		next, m, sent, ok := c.Elapsed(now, lifeRules)
		if !ok {
			return c, moves, letters
		}
		c, moves, letters = next, append(moves, m), append(letters, sent...)
	}
}

// wib is an instant in the town.
func wib(day, hour int) time.Time { return time.Date(2021, 4, day, hour, 0, 0, 0, town) }

// through lets an aggregator carry it; tents and sembako may be carried.
func (l *life) through(a AggregatorID) *life { l.c.Route, l.c.Aggregator = Aggregate, a; return l }

// Each deadline happens at its instant: a millisecond before nothing does, and
// however late the run, what happened has the instant of the deadline.
func TestDeadlinesHappenToTheMillisecond(t *testing.T) {
	day := 24 * time.Hour
	for name, d := range map[string]struct {
		life    *life
		at      time.Time
		move    Move
		letters []LetterKind
		late    time.Duration // until the next deadline, less a millisecond
	}{
		"a submission is dropped after a day":         {begin(t), noon.Add(day), Drop, nil, 1000 * day},
		"a nudge after a day":                         {begin(t).verify(), noon.Add(day), Remind, []LetterKind{LetterNudge}, 16 * time.Hour},
		"another eight hours before the end":          {begin(t).verify().elapse(30 * time.Hour), noon.Add(40 * time.Hour), Remind, []LetterKind{LetterLastNudge}, 8 * time.Hour},
		"no contact for two days":                     {begin(t).verify().elapse(41 * time.Hour), noon.Add(2 * day), Lapse, []LetterKind{LetterLapsed, LetterStewardLapsed}, 90 * day},
		"signed, and no contact":                      {begin(t).verify().sign().elapse(41 * time.Hour), noon.Add(2 * day), Lapse, []LetterKind{LetterLapsed, LetterStewardLapsed}, 90 * day},
		"renewed: the nudge comes again":              {begin(t).verify().elapse(41 * time.Hour).renew(), noon.Add(3 * day), Remind, []LetterKind{LetterNudge}, 16 * time.Hour},
		"renewed: until four days":                    {begin(t).verify().renew().elapse(89 * time.Hour), noon.Add(4 * day), Lapse, []LetterKind{LetterLapsed, LetterStewardLapsed}, 90 * day},
		"steward silent: until four days":             {begin(t).verify().silent().elapse(89 * time.Hour), noon.Add(4 * day), Lapse, []LetterKind{LetterLapsed, LetterStewardLapsed}, 90 * day},
		"silent and renewed: until six days":          {begin(t).verify().silent().renew().elapse(137 * time.Hour), noon.Add(6 * day), Lapse, []LetterKind{LetterLapsed, LetterStewardLapsed}, 90 * day},
		"contacted: the morning after the period":     {begin(t).verify().speak(), time.Date(2021, 5, 2, 9, 0, 0, 0, town), Remind, []LetterKind{LetterReportDue}, 6 * day},
		"agreed on a later day: the morning after it": {begin(t).verify().speak().schedule("2021-05-05"), time.Date(2021, 5, 6, 9, 0, 0, 0, town), Remind, []LetterKind{LetterReportDue}, 6 * day},
		"overdue a week after":                        {begin(t).verify().speak().elapse(8 * day), time.Date(2021, 5, 8, 9, 0, 0, 0, town), Remind, []LetterKind{LetterOverdue, LetterOfficeOverdue}, 1000 * day},
		"another day agreed on: due again": {begin(t).verify().speak().elapse(8 * day).schedule("2021-05-20"), time.Date(2021, 5, 21, 9, 0, 0, 0, town), Remind,
			[]LetterKind{LetterReportDue}, 6 * day},
		"a part delivered: the rest is due":       {begin(t).signed().report("a", 4, 1).answer("a", Full, ViaSteward), time.Date(2021, 5, 2, 9, 0, 0, 0, town), Remind, []LetterKind{LetterReportDue}, 6 * day},
		"no answer for three days":                {begin(t).signed().report("a", 10, 3), noon.Add(3*time.Hour + 3*day), Remind, []LetterKind{LetterAnswerDue}, 1000 * day},
		"the permit has ended":                    {begin(t).through("act").verify().speak().elapse(15 * day), time.Date(2021, 5, 11, 9, 0, 0, 0, town), Remind, []LetterKind{LetterPermit}, 1000 * day},
		"ninety days after it lapsed":             {begin(t).verify().elapse(3 * day), noon.Add(92 * day), Forget, nil, 1000 * day},
		"ninety days after it was taken back":     {begin(t).withdraw(), noon.Add(90 * day), Forget, nil, 1000 * day},
		"ninety days after it was received":       {begin(t).signed().report("a", 10, 3).answer("a", Full, ViaSteward), noon.Add(4*time.Hour + 90*day), Forget, nil, 1000 * day},
		"ninety days after a dispute was settled": {begin(t).signed().report("a", 4, 1).answer("a", None, ViaSteward).withdraw().settle("a", Officer, 1, 1), noon.Add(6*time.Hour + 90*day), Forget, nil, 1000 * day},
	} {
		c := d.life.c
		if !c.DueAt.Equal(d.at) {
			t.Errorf("%s: due at %v; want %v", name, c.DueAt, d.at)
		}
		if after, _, _, ok := c.Elapsed(d.at.Add(-time.Millisecond), lifeRules); ok || !reflect.DeepEqual(after, c) {
			t.Errorf("%s: happened a millisecond early", name)
		}
		var first Commitment
		for i, late := range []time.Duration{0, time.Millisecond, 5 * time.Minute, d.late - time.Millisecond} {
			after, m, letters, ok := c.Elapsed(d.at.Add(late), lifeRules)
			if !ok || m != d.move || !slices.Equal(letters, d.letters) {
				t.Errorf("%s, %v late: %s, %v, %v; want %s, %v", name, late, m, letters, ok, d.move, d.letters)
			}
			if i == 0 {
				first = after
			} else if !reflect.DeepEqual(after, first) {
				t.Errorf("%s, %v late: differs from on time:\n%+v\n%+v", name, late, after, first)
			}
			if again, _, _, ok := after.Elapsed(d.at.Add(late), lifeRules); ok {
				t.Errorf("%s, %v late: a second run makes it %s", name, late, again.State)
			}
		}
		if m := d.move; (m == Lapse || m == Drop) && !first.EndedAt.Equal(d.at) || m == Forget && !first.ForgottenAt.Equal(d.at) {
			t.Errorf("%s: ended %v, forgotten %v; want %v", name, first.EndedAt, first.ForgottenAt, d.at)
		}
	}
}

func TestDroppedSubmissionLeavesNoName(t *testing.T) {
	c, moves, letters := elapsed(begin(t).c, noon.Add(1000*24*time.Hour))
	if c.State != Dropped || c.Name != "" || !c.EndedAt.Equal(c.VerifyBy) || !c.ForgottenAt.Equal(c.VerifyBy) || !c.DueAt.IsZero() {
		t.Errorf("dropped as %+v", c)
	}
	if !slices.Equal(moves, []Move{Drop}) || letters != nil {
		t.Errorf("%v, %v; want one drop and no letter to a channel never proven", moves, letters)
	}
}

func TestOvertakenRemindersAreNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		life *life
		at   time.Time
		want []LetterKind
	}{
		"both nudges at once":              {begin(t).verify(), noon.Add(47 * time.Hour), []LetterKind{LetterLastNudge}},
		"both nudges and the end":          {begin(t).verify(), noon.Add(48 * time.Hour), []LetterKind{LetterLapsed, LetterStewardLapsed}},
		"the end, and a permit long after": {begin(t).through("act").verify(), wib(100, 0), []LetterKind{LetterLapsed, LetterStewardLapsed}},
		"due and overdue at once":          {begin(t).verify().speak(), wib(100, 0), []LetterKind{LetterOverdue, LetterOfficeOverdue}},
		"an answer due beside the two":     {begin(t).signed().report("a", 1, 0), wib(100, 0), []LetterKind{LetterAnswerDue, LetterOverdue, LetterOfficeOverdue}},
	} {
		if _, _, letters := elapsed(test.life.c, test.at); !slices.Equal(letters, test.want) {
			t.Errorf("%s: %v; want %v", name, letters, test.want)
		}
	}
}

func TestStewardIsAskedOnceForEachDeliveryThatWaits(t *testing.T) {
	day := 24 * time.Hour
	l := begin(t).signed().report("a", 1, 0).elapse(4 * day)
	if !slices.Contains(l.c.Told, LetterAnswerDue) {
		t.Fatalf("told %v", l.c.Told)
	}
	asked := l.answer("a", Full, ViaSteward).report("b", 1, 0).now
	if _, _, letters := elapsed(l.c, asked.Add(3*day)); !slices.Contains(letters, LetterAnswerDue) {
		t.Errorf("the second delivery waits three days: %v", letters)
	}
}

func TestNothingIsRemindedOfWithoutHours(t *testing.T) {
	c, err := begin(t).c.Verified(noon, rules) // a region without nudges
	if err != nil || !c.DueAt.Equal(c.ContactBy) {
		t.Errorf("due at %v, %v; want the end of the two days, %v", c.DueAt, err, c.ContactBy)
	}
}

// end is what of a commitment must not depend on when the clock looked at it.
type end struct {
	Commitment
	told map[LetterKind]bool
}

func endOf(c Commitment) end {
	e := end{c, map[LetterKind]bool{}}
	// A reminder that something later overtook was never sent, and each that was
	// sent is a version.
	if c.State.Counts() {
		for _, k := range c.Told {
			e.told[k] = true
		}
	}
	e.Version, e.Told = 0, nil
	return e
}

// A clock that looks every five minutes, one that is up to five minutes fast or
// slow, one that stands still for days and one that looks twice all come to the
// same end; only reminders may be fewer.
func TestLateSkippedAndRepeatedRunsComeToTheSameEnd(t *testing.T) {
	const run = 5 * time.Minute
	for _, s := range append(standings(t), standing{name: "through an aggregator", life: begin(t).through("act").signed().report("a", 1, 0)}) {
		start, c := s.life.now, s.life.c
		until := start.Add(100*24*time.Hour + time.Minute)
		punctual, all := c, map[LetterKind]int{}
		for now := start; !now.After(until); now = now.Add(run) {
			var letters []LetterKind
			punctual, _, letters = elapsed(punctual, now)
			for _, k := range letters {
				all[k]++
			}
		}
		for name, at := range map[string][]time.Duration{
			"one run":        {0},
			"two at once":    {0, 0},
			"fast and slow":  {-50*24*time.Hour + run, -50*24*time.Hour - run, -run, run, 0},
			"stood still":    {-99 * 24 * time.Hour, -7 * 24 * time.Hour, 0},
			"every ten days": {-90 * 24 * time.Hour, -80 * 24 * time.Hour, -70 * 24 * time.Hour, -60 * 24 * time.Hour, 0},
		} {
			late := c
			sent := map[LetterKind]int{}
			for _, before := range at {
				var letters []LetterKind
				late, _, letters = elapsed(late, until.Add(before))
				for _, k := range letters {
					sent[k]++
				}
			}
			if !reflect.DeepEqual(endOf(late), endOf(punctual)) {
				t.Errorf("%s, %s: ends as\n%+v; want\n%+v", s.name, name, late, punctual)
			}
			if !reflect.DeepEqual(late.Standing(), punctual.Standing()) {
				t.Errorf("%s, %s: stands at %+v; want %+v", s.name, name, late.Standing(), punctual.Standing())
			}
			for k, n := range sent {
				if n > all[k] {
					t.Errorf("%s, %s: %d letters %s; on time %d", s.name, name, n, k, all[k])
				}
			}
		}
	}
}

// The clocks of two functions differ.
func TestContactBeforeThePledgeCountsAsTheFirstHour(t *testing.T) {
	l := begin(t).verify()
	for _, skew := range []time.Duration{5 * time.Minute, 2 * time.Hour} {
		c, err := l.c.Spoken(Steward, l.c.PledgedAt.Add(-skew), lifeRules)
		if err != nil || c.Standing().Hours[0] != 1 {
			t.Errorf("%v, hours %v; want it in the first", err, c.Standing().Hours)
		}
	}
}
