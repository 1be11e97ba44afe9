package aid

import (
	"math/bits"
	"time"
)

// Counts says how the units of a need, or the value of free aid, stand. Each
// unit stands in exactly one of them.
type Counts struct {
	Committed int64
	Delivered int64
	Received  int64
}

// Plus returns the sum of two counts.
func (n Counts) Plus(m Counts) Counts {
	return Counts{n.Committed + m.Committed, n.Delivered + m.Delivered, n.Received + m.Received}
}

// Minus returns what has to be added to m to make n.
func (n Counts) Minus(m Counts) Counts {
	return Counts{n.Committed - m.Committed, n.Delivered - m.Delivered, n.Received - m.Received}
}

// Sum returns how many units are held in any way.
func (n Counts) Sum() int64 { return n.Committed + n.Delivered + n.Received }

// Standing is what commitments add to the figures of their recipient. The
// figures of a recipient are always the sum over its commitments, so that they
// can be recomputed and compared.
type Standing struct {
	Needs   map[NeedID]Counts
	Free    Counts // in rupiah
	Open    int64  // hold a promise now
	Pledged int64  // ever pledged
	Lapsed  int64  // lapsed now
	// Hours counts commitments by the whole hours between pledge and contact.
	Hours map[int]int64
}

// LongestHour is where Hours stops counting hours one by one.
const LongestHour = 96

// Line returns how the units of line i stand. Committed is what is promised and
// still expected: also what is disputed, until it is settled.
func (c Commitment) Line(i int) Counts {
	if !c.State.Counts() {
		return Counts{}
	}
	n := Counts{Committed: c.Lines[i].Quantity}
	var disputed int64
	for _, d := range c.Deliveries {
		if d.Answer == "" {
			n.Delivered += d.Quantities[i]
			continue
		}
		n.Received += d.Received[i]
		if d.Open() {
			disputed += d.Quantities[i] - d.Received[i]
		}
	}
	n.Committed -= n.Delivered + n.Received
	if c.closed() {
		n.Committed = disputed
	}
	return n
}

// Worth returns how the value of line i stands, in rupiah: by the share of
// units. What does not divide stays where it is held back longest, so that the
// parts add up.
func (c Commitment) Worth(i int) Counts {
	n, l := c.Line(i), c.Lines[i]
	part := func(units int64) int64 { return share(int64(l.Value), units, l.Quantity) }
	value := Counts{Delivered: part(n.Delivered), Received: part(n.Received)}
	switch {
	case n.Committed > 0:
		value.Committed = part(n.Sum()) - value.Delivered - value.Received
	case n.Delivered > 0:
		value.Delivered = part(n.Sum()) - value.Received
	default:
		value.Received = part(n.Sum())
	}
	return value
}

// Disputed returns how many units of line i the two sides differ about, and
// their share of its value in rupiah. Of a line they are part of what is
// committed: the lower figure counts until the dispute is settled.
func (c Commitment) Disputed(i int) (units, value int64) {
	if !c.State.Counts() {
		return 0, 0
	}
	for _, d := range c.Deliveries {
		if d.Open() {
			units += d.Quantities[i] - d.Received[i]
		}
	}
	return units, share(int64(c.Lines[i].Value), units, c.Lines[i].Quantity)
}

// Standing returns what one commitment adds.
func (c Commitment) Standing() Standing {
	s := Standing{Needs: map[NeedID]Counts{}, Hours: map[int]int64{}}
	if !c.PledgedAt.IsZero() {
		s.Pledged = 1
	}
	if c.State == Lapsed {
		s.Lapsed = 1
	}
	if !c.ContactedAt.IsZero() {
		s.Hours[min(LongestHour, max(0, int(c.ContactedAt.Sub(c.PledgedAt)/time.Hour)))]++
	}
	if !c.State.Counts() {
		return s
	}
	s.Open = 1
	for i, l := range c.Lines {
		if l.Need != "" {
			s.Needs[l.Need] = s.Needs[l.Need].Plus(c.Line(i))
			continue
		}
		s.Free = s.Free.Plus(c.Worth(i))
	}
	return s
}

// share returns value × units ÷ all, rounded down, whatever the product.
func share(value, units, all int64) int64 {
	switch {
	case value <= 0 || units <= 0:
		return 0
	case units >= all:
		return value
	}
	hi, lo := bits.Mul64(uint64(value), uint64(units))
	quotient, _ := bits.Div64(hi, lo, uint64(all))
	return int64(quotient)
}

// Share returns what units of all are worth when all are worth value, rounded
// down.
func Share(value Rupiah, units, all int64) int64 { return share(int64(value), units, all) }

// StandingOf returns the sum over commitments.
func StandingOf(commitments []Commitment) Standing {
	sum := Standing{Needs: map[NeedID]Counts{}, Hours: map[int]int64{}}
	for _, c := range commitments {
		sum = sum.plus(c.Standing(), 1)
	}
	return sum
}

// Minus returns what has to be added to t to make s. Entries that stay the same
// are left out.
func (s Standing) Minus(t Standing) Standing {
	d := Standing{Needs: map[NeedID]Counts{}, Hours: map[int]int64{}}
	d = d.plus(s, 1).plus(t, -1)
	for need, n := range d.Needs {
		if n == (Counts{}) {
			delete(d.Needs, need)
		}
	}
	for hour, n := range d.Hours {
		if n == 0 {
			delete(d.Hours, hour)
		}
	}
	return d
}

// plus adds t, sign times, into s's own maps.
func (s Standing) plus(t Standing, sign int64) Standing {
	times := func(n Counts) Counts { return Counts{sign * n.Committed, sign * n.Delivered, sign * n.Received} }
	for need, n := range t.Needs {
		s.Needs[need] = s.Needs[need].Plus(times(n))
	}
	for hour, n := range t.Hours {
		s.Hours[hour] += sign * n
	}
	s.Free = s.Free.Plus(times(t.Free))
	s.Open += sign * t.Open
	s.Pledged += sign * t.Pledged
	s.Lapsed += sign * t.Lapsed
	return s
}

// Untrue returns the needs of a place whose counters break their own rule or
// disagree with its commitments, and whether its activity does.
func Untrue(p Place, commitments []Commitment) (wrong []NeedID, activity bool) {
	s := StandingOf(commitments)
	for _, n := range p.Needs {
		if !n.Holds() || s.Needs[n.ID] != (Counts{n.Committed, n.Delivered, n.Received}) {
			wrong = append(wrong, n.ID)
		}
	}
	a := p.Activity
	activity = a.Open != s.Open || a.Pledged != s.Pledged || a.Lapsed != s.Lapsed ||
		(Counts{int64(a.FreeCommitted), int64(a.FreeDelivered), int64(a.FreeReceived)}) != s.Free
	for hour := range LongestHour + 1 {
		activity = activity || a.Hours[hour] != s.Hours[hour]
	}
	return wrong, activity
}
