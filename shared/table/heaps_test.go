package table_test

import (
	"maps"
	"reflect"
	"slices"

	"ksbb/shared/aid"
)

// heaps is where the units of one commitment lie, kept by hand: every move
// carries some from one heap to another. It is written apart from the rules,
// which add up.
type heaps struct {
	counts bool                           // holds a promise
	closed bool                           // no more will come
	rest   []int64                        // still to come
	handed map[aid.DeliveryID]*deliveries // everything else
}

type deliveries struct{ reported, waiting, received, disputed []int64 }

func newHeaps(c aid.Commitment) *heaps {
	h := &heaps{handed: map[aid.DeliveryID]*deliveries{}}
	for _, l := range c.Lines {
		h.rest = append(h.rest, l.Quantity)
	}
	return h
}

// after returns the heaps after a move that led from before to after.
func (h *heaps) after(m aid.Move, before, after aid.Commitment) *heaps {
	n := &heaps{h.counts, h.closed, slices.Clone(h.rest), maps.Clone(h.handed)}
	switch m {
	case aid.Verify, aid.Renew:
		n.counts = true
	case aid.Report, aid.Receive, aid.Settle:
		n.counts = true
		for i, d := range after.Deliveries {
			if i < len(before.Deliveries) && reflect.DeepEqual(d, before.Deliveries[i]) {
				continue
			}
			if i >= len(before.Deliveries) {
				n.report(d)
			}
			switch {
			case m == aid.Receive:
				n.answer(d)
			case m == aid.Settle:
				n.settle(d)
			}
		}
	case aid.Release, aid.Forget:
		n.closed, n.rest = true, make([]int64, len(n.rest))
	}
	switch after.State {
	case aid.Lapsed, aid.Withdrawn, aid.Dropped:
		n.counts = false
	}
	return n
}

func (h *heaps) report(d aid.Delivery) {
	none := make([]int64, len(d.Quantities))
	h.handed[d.ID] = &deliveries{d.Quantities, slices.Clone(d.Quantities), none, none}
	for i, n := range d.Quantities {
		h.rest[i] -= n
	}
}

func (h *heaps) answer(d aid.Delivery) {
	old := *h.handed[d.ID]
	agreed := !some(old.waiting) && !some(old.disputed)
	if agreed && slices.Equal(old.received, d.Received) {
		return // the same, through a stronger hand
	}
	fresh := &deliveries{old.reported, make([]int64, len(d.Received)), d.Received, slices.Clone(old.reported)}
	for i, n := range d.Received {
		fresh.disputed[i] -= n
		if agreed && !h.closed {
			h.rest[i] -= old.reported[i] - old.received[i] // what was missing had gone back
		}
	}
	h.handed[d.ID] = fresh
}

func (h *heaps) settle(d aid.Delivery) {
	old := *h.handed[d.ID]
	none := make([]int64, len(d.Received))
	h.handed[d.ID] = &deliveries{old.reported, none, d.Received, none}
	for i, n := range d.Received {
		if !h.closed {
			h.rest[i] += old.reported[i] - n
		}
	}
}

func some(figures []int64) bool {
	return slices.ContainsFunc(figures, func(n int64) bool { return n > 0 })
}

// line returns how the units of a line stand.
func (h *heaps) line(i int) (n aid.Counts) {
	if !h.counts {
		return n
	}
	n.Committed = h.rest[i]
	for _, d := range h.handed {
		n = n.Plus(aid.Counts{Committed: d.disputed[i], Delivered: d.waiting[i], Received: d.received[i]})
	}
	return n
}
