package aid

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// book keeps the figures of one commitment by hand: every step moves units from
// one heap to another. It is written apart from Commitment.Line, which adds up.
type book struct {
	counts   bool
	closed   bool
	promised []int64
	rest     []int64 // expected, in no delivery
	handed   map[DeliveryID]*heap
}

// heap is where the units of one delivery lie.
type heap struct{ reported, waiting, received, disputed []int64 }

func newBook(c Commitment) *book {
	b := &book{handed: map[DeliveryID]*heap{}}
	for _, l := range c.Lines {
		b.promised = append(b.promised, l.Quantity)
	}
	b.rest = slices.Clone(b.promised)
	return b
}

// made books a move that led from before to after.
func (b *book) made(m Move, before, after Commitment) {
	switch m {
	case Verify, Renew:
		b.counts = true
	case Withdraw, Lapse:
		b.counts = false
	case Report:
		b.counts = true
		b.report(after.Deliveries[len(after.Deliveries)-1])
	case Receive:
		b.counts = true
		if len(after.Deliveries) > len(before.Deliveries) {
			b.report(after.Deliveries[len(after.Deliveries)-1])
		}
		for i, d := range after.Deliveries {
			if i >= len(before.Deliveries) || !reflect.DeepEqual(d, before.Deliveries[i]) {
				b.answer(d)
			}
		}
	case Settle:
		for i, d := range after.Deliveries {
			if !reflect.DeepEqual(d, before.Deliveries[i]) {
				b.settle(d)
			}
		}
	case Correct:
		for i, d := range after.Deliveries {
			if !reflect.DeepEqual(d, before.Deliveries[i]) {
				b.correct(d)
			}
		}
		b.counts = true
	case Release:
		b.close()
	case Forget:
		b.close()
	}
	if after.State == Withdrawn {
		b.counts = false
	}
}

func (b *book) report(d Delivery) {
	h := &heap{reported: d.Quantities, waiting: slices.Clone(d.Quantities), received: make([]int64, len(d.Quantities)), disputed: make([]int64, len(d.Quantities))}
	for i, n := range d.Quantities {
		b.rest[i] -= n
	}
	b.handed[d.ID] = h
}

func (b *book) answer(d Delivery) {
	h := b.handed[d.ID]
	settled := !some(h.waiting) && !some(h.disputed)
	if settled && slices.Equal(h.received, d.Received) {
		return // the same, through a stronger hand
	}
	for i, n := range d.Received {
		if settled && !b.closed {
			b.rest[i] -= h.reported[i] - h.received[i] // had gone back
		}
		h.waiting[i], h.received[i], h.disputed[i] = 0, n, h.reported[i]-n
	}
}

func (b *book) settle(d Delivery) {
	h := b.handed[d.ID]
	for i, n := range d.Received {
		if !b.closed {
			b.rest[i] += h.reported[i] - n
		}
		h.received[i], h.disputed[i] = n, 0
	}
}

func (b *book) correct(d Delivery) {
	h := b.handed[d.ID]
	for i, n := range d.Received {
		if !b.closed {
			b.rest[i] += h.received[i] - n
		}
		h.received[i] = n
	}
}

func (b *book) close() { b.closed, b.rest = true, make([]int64, len(b.rest)) }

func (b *book) line(i int) (n Counts) {
	if !b.counts {
		return n
	}
	n.Committed = b.rest[i]
	for _, h := range b.handed {
		n = n.Plus(Counts{h.disputed[i], h.waiting[i], h.received[i]})
	}
	return n
}

// audit tells what is wrong with a commitment.
func (b *book) audit(c Commitment) error {
	standing := c.Standing()
	for i, l := range c.Lines {
		n := c.Line(i)
		switch {
		case n != b.line(i):
			return fmt.Errorf("line %d stands at %+v; the book says %+v", i, n, b.line(i))
		case n.Committed < 0 || n.Delivered < 0 || n.Received < 0 || n.Sum() > l.Quantity:
			return fmt.Errorf("line %d of %d stands at %+v", i, l.Quantity, n)
		case l.Need != "" && standing.Needs[l.Need] != n:
			return fmt.Errorf("need %s stands at %+v; its line at %+v", l.Need, standing.Needs[l.Need], n)
		case l.Need == "" && (standing.Free.Sum() != share(int64(l.Value), n.Sum(), l.Quantity) || min(standing.Free.Committed, standing.Free.Delivered, standing.Free.Received) < 0):
			return fmt.Errorf("%+v of free aid stand at %+v rupiah", n, standing.Free)
		case c.Outstanding()[i] < 0 || b.counts && c.Outstanding()[i] != b.rest[i]:
			return fmt.Errorf("%d outstanding of line %d; the book says %d", c.Outstanding()[i], i, b.rest[i])
		}
	}
	if c.State.Counts() != b.counts || standing.Open != map[bool]int64{true: 1}[b.counts] {
		return fmt.Errorf("%s, open %d; the book says that it counts: %v", c.State, standing.Open, b.counts)
	}
	if disputed := slices.ContainsFunc(c.Deliveries, Delivery.Open); disputed != (c.State == Disputed) {
		return fmt.Errorf("%s, open dispute %v", c.State, disputed)
	}
	if ended := !c.EndedAt.IsZero(); ended != slices.Contains([]State{Received, Lapsed, Withdrawn, Dropped}, c.State) {
		return fmt.Errorf("%s, ended at %v", c.State, c.EndedAt)
	}
	return nil
}

// clone copies a commitment down to the last slice.
func clone(c Commitment) Commitment {
	c.Lines, c.Told, c.Log = slices.Clone(c.Lines), slices.Clone(c.Told), slices.Clone(c.Log)
	c.Deliveries = slices.Clone(c.Deliveries)
	for i, d := range c.Deliveries {
		d.Quantities, d.Evidence, d.Received = slices.Clone(d.Quantities), slices.Clone(d.Evidence), slices.Clone(d.Received)
		c.Deliveries[i] = d
	}
	return c
}

// random makes a move with anything that a caller may send.
func random(t *rapid.T, c Commitment, m Move, by Role, now time.Time) (Commitment, error) {
	figures := func() []int64 {
		return rapid.SliceOfN(rapid.Int64Range(-1, 5), 0, 3).Draw(t, "figures")
	}
	delivery := func() DeliveryID {
		return DeliveryID(rapid.SampledFrom([]string{"a", "new0", "new1", "new2"}).Draw(t, "delivery"))
	}
	switch m {
	case Schedule:
		return c.ScheduledFor(Appointment{On: DayOf(now, town).Plus(rapid.IntRange(-1, 3).Draw(t, "day"))}, by, now, lifeRules)
	case Report:
		return c.Reported(DeliveryReport{ID: delivery(), On: DayOf(now, town), Quantities: figures()}, now, lifeRules)
	case Receive:
		via := rapid.SampledFrom([]Via{ViaBAST, ViaHandover, ViaSteward, ViaOfficer}).Draw(t, "via")
		a := rapid.SampledFrom([]Answer{Full, Fewer, None, "?"}).Draw(t, "answer")
		return c.ReceivedAs(ReceiptAnswer{delivery(), a, figures(), via}, now, lifeRules)
	case Settle:
		return c.SettledAs(delivery(), figures(), by, now, lifeRules)
	case Correct:
		return c.Corrected(delivery(), figures(), now, lifeRules)
	case Hide:
		after, _, err := c.Without(rapid.Bool().Draw(t, "name"), []int{1}, now, lifeRules)
		return after, err
	case Release, Withdraw:
		return c.WithdrawnFor(rapid.SampledFrom([]string{"other", "duplicate", "?"}).Draw(t, "reason"), by, now, lifeRules)
	case Forget:
		return c.Forgotten(by, now, lifeRules)
	}
	return attempt(c, m, by, now)
}

// TestAnySequenceOfMovesKeepsTheRules takes a commitment through whatever callers
// may ask for, with time passing between, and holds every step against the book.
func TestAnySequenceOfMovesKeepsTheRules(t *testing.T) {
	const rounds = 100 // of -rapid.checks sequences each
	for range rounds {
		rapid.Check(t, sequence)
		if t.Failed() {
			return
		}
	}
}

func sequence(t *rapid.T) {
	d := draft()
	d.Lines = []DraftLine{
		{Need: NeedOf(rw, "sembako"), Quantity: rapid.Int64Range(1, 9).Draw(t, "sembako")},
		{Free: &FreeAid{Description: "tenda", Unit: "buah", Quantity: rapid.Int64Range(1, 4).Draw(t, "tents"), Value: Rupiah(rapid.Int64Range(0, 100).Draw(t, "value"))}},
	}
	p, err := d.Check(lifeRules, here, readPhone, noon)
	if err != nil {
		t.Fatal(err)
	}
	c, now := p.Commitment, noon
	if rapid.Bool().Draw(t, "through an aggregator") {
		c.Route, c.Aggregator = Aggregate, "act"
	}
	book := newBook(c)
	// moved holds one step against everything that must be true of it.
	moved := func(m Move, before, kept, after Commitment, err error) {
		switch {
		case !reflect.DeepEqual(before, kept):
			t.Fatalf("%s changed what it was given:\n%+v\n%+v", m, kept, before)
		case err != nil && !reflect.DeepEqual(after, before):
			t.Fatalf("%s was refused with %v and yet made:\n%+v", m, err, after)
		case after.Version == before.Version && !reflect.DeepEqual(after, before):
			t.Fatalf("%s changed something and no version:\n%+v\n%+v", m, before, after)
		case after.Version > before.Version+1:
			t.Fatalf("%s is %d versions", m, after.Version-before.Version)
		}
		if after.Version > before.Version {
			book.made(m, before, after)
		}
		if err := book.audit(after); err != nil {
			t.Fatalf("after %v, %s: %v\n%+v", steps(before), m, err, after)
		}
		due := after.deadlines(lifeRules)
		if after.DueAt.IsZero() != (len(due) == 0) || len(due) > 0 && !after.DueAt.Equal(due[0].at) {
			t.Fatalf("after %v: due at %v; its deadlines are %v", steps(after), after.DueAt, due)
		}
		if _, _, _, ever := after.Elapsed(now.AddDate(100, 0, 0), lifeRules); ever == after.DueAt.IsZero() {
			t.Fatalf("after %v: due at %v; something happens ever: %v", steps(after), after.DueAt, ever)
		}
		c = after
	}
	// What was true at an instant can be told at any later one.
	type memory struct {
		at time.Time
		c  Commitment
	}
	var past []memory
	defer func() {
		if t.Failed() {
			return
		}
		for _, m := range past {
			was, ok := c.AsOf(m.at.Add(1), lifeRules)
			if ok == m.c.PledgedAt.IsZero() {
				t.Fatalf("after %v: pledged by %v: %v", steps(c), m.at, ok)
			}
			if !ok {
				continue
			}
			if was.State != m.c.State || !reflect.DeepEqual(was.Standing(), m.c.Standing()) || !was.EndedAt.Equal(m.c.EndedAt) ||
				!was.ContactBy.Equal(m.c.ContactBy) || !reflect.DeepEqual(was.Outstanding(), m.c.Outstanding()) || len(was.Deliveries) != len(m.c.Deliveries) {
				t.Fatalf("after %v, as of %v:\n%+v\nwas then\n%+v", steps(c), m.at, was, m.c)
			}
		}
	}()
	roles := []Role{Collaborator, Steward, Officer}
	for range rapid.IntRange(1, 30).Draw(t, "steps") {
		by := rapid.SampledFrom(roles).Draw(t, "role")
		allowed := slices.DeleteFunc(c.Allowed(by), func(m Move) bool { return m == Withdraw || m == Release })
		switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
		case what == 0: // time passes, and the clock looks now and then
			past = append(past, memory{now, c})
			now = now.Add(time.Duration(rapid.IntRange(1, 60*60).Draw(t, "minutes")) * time.Minute)
			for range 10 {
				before, kept := c, clone(c)
				after, m, _, ok := c.Elapsed(now, lifeRules)
				if !ok {
					break
				}
				moved(m, before, kept, after, nil)
			}
			if _, _, _, more := c.Elapsed(now, lifeRules); more {
				t.Fatalf("after %v: time does not end", steps(c))
			}
		case what <= 5 && len(allowed) > 0: // what is allowed is made
			m := rapid.SampledFrom(allowed).Draw(t, "move")
			before, kept := c, clone(c)
			after, err := attempt(c, m, by, now)
			if errors.Is(err, ErrExpired) {
				return // verified too late
			}
			if err != nil || after.Version != before.Version+1 {
				t.Fatalf("after %v, %s may %s: %v", steps(c), by, m, err)
			}
			moved(m, before, kept, after, nil)
		case what == 6: // what is not allowed is refused
			m := rapid.SampledFrom(movesOf[by]).Draw(t, "move")
			if slices.Contains(c.Allowed(by), m) {
				continue
			}
			var refused *StateError
			if after, err := attempt(c, m, by, now); err == nil && !reflect.DeepEqual(after, c) || err != nil && !errors.As(err, &refused) {
				t.Fatalf("after %v, %s may not %s: %v", steps(c), by, m, err)
			}
		default: // anything
			m := rapid.SampledFrom(append([]Move{Forget, Correct, Hide}, movesOf[by]...)).Draw(t, "move")
			before, kept := c, clone(c)
			after, err := random(t, c, m, by, now)
			if n := len(after.Log); n > len(before.Log) {
				m = after.Log[n-1].Move // withdrawn or released
			}
			moved(m, before, kept, after, err)
		}
	}
}
