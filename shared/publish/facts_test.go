package publish_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"ksbb/shared/aid"
)

// facts is a ledger whose figures are always the sum over its commitments.
type facts struct {
	mu          sync.Mutex
	leaves      map[aid.Leaf][]aid.Place
	commitments map[aid.RecipientID][]aid.Commitment
	evidence    map[aid.RecipientID][]aid.Evidence
	made        int // commitments so far
	lastLeaf    aid.Leaf
	last        *aid.Place // at which something happened
}

// change lets one thing happen at a random place, often the last one: somebody promises, a
// commitment makes a move of its life, or the steward says how things are
// shared out.
func (f *facts) change(rng *rand.Rand, now time.Time, cat *aid.Catalogue) (aid.Leaf, aid.RecipientID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := make([]aid.Leaf, 0, len(f.leaves))
	for leaf := range f.leaves {
		names = append(names, leaf)
	}
	slices.SortFunc(names, func(a, b aid.Leaf) int { return cmp.Compare(a.String(), b.String()) })
	leaf := names[rng.IntN(len(names))]
	p := &f.leaves[leaf][rng.IntN(len(f.leaves[leaf]))]
	if f.last != nil && rng.IntN(2) == 0 {
		// What happens at a place comes in bursts.
		leaf, p = f.lastLeaf, f.last
	}
	f.lastLeaf, f.last = leaf, p
	id := p.Recipient.ID
	all := slices.Clone(f.commitments[id])
	switch what := rng.IntN(4); {
	case len(all) == 0 || what == 0:
		if !f.book(p, append(all, f.pledge(leaf, *p, now, cat))) {
			p.Activity.Plan = aid.Plan{Method: aid.PlanTurns, On: aid.DayOf(now, cat.Zone)}
		}
	case what == 1:
		// Taken back at once, so that files become what they were before.
		if c, err := all[len(all)-1].WithdrawnFor("other", aid.Collaborator, now, cat); err == nil {
			all[len(all)-1] = c
			f.book(p, all)
		}
	default:
		for range 1 + rng.IntN(4) {
			next := slices.Clone(f.commitments[id])
			i := rng.IntN(len(next))
			for draws := 0; draws < 10 && next[i].Version == f.commitments[id][i].Version; draws++ {
				next[i] = f.move(rng, next[i], now, cat)
			}
			f.book(p, next)
		}
	}
	p.Activity.Rev++
	p.Activity.UpdatedAt = now
	return leaf, id
}

// pledge makes a promise whose channel is proven.
func (f *facts) pledge(leaf aid.Leaf, p aid.Place, now time.Time, cat *aid.Catalogue) aid.Commitment {
	f.made++
	need := p.Needs[0]
	day := aid.DayOf(now, cat.Zone)
	c := aid.Commitment{
		ID: aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", f.made)), Recipient: p.Recipient.ID, Leaf: leaf, Program: need.Program,
		Lines: []aid.Line{
			{Need: need.ID, Package: need.Package, Quantity: 5, Unit: "paket", Value: 1_750_000},
			{Free: "selimut", Unit: "helai", Quantity: 3, Value: 90_001, Estimated: true},
		},
		Period: aid.Period{From: day, To: day.Plus(2)}, Route: aid.Direct, Class: aid.Classes[f.made%len(aid.Classes)], Name: "Contoh",
		Salt: fmt.Sprint("salt-", f.made), Collaborator: aid.CollaboratorID(fmt.Sprint("secret-", f.made%7)), State: aid.Submitted, Version: 1, VerifyBy: now.Add(time.Hour),
	}
	c, err := c.Verified(now, cat)
	if err != nil {
		panic(err)
	}
	return c
}

// move lets a commitment make one move by the rules, drawn from all that may
// happen to it. Where the rules refuse what was drawn, it stays as it was.
func (f *facts) move(rng *rand.Rand, c aid.Commitment, now time.Time, cat *aid.Catalogue) aid.Commitment {
	some := func(most []int64) []int64 {
		n := make([]int64, len(most))
		for i, m := range most {
			n[i] = rng.Int64N(max(0, m) + 1)
		}
		return n
	}
	delivery := func() aid.Delivery {
		if len(c.Deliveries) == 0 {
			return aid.Delivery{ID: "unknown"}
		}
		return c.Deliveries[rng.IntN(len(c.Deliveries))]
	}
	by := []aid.Role{aid.Collaborator, aid.Steward, aid.Officer}[rng.IntN(3)]
	var after aid.Commitment
	var err error
	switch rng.IntN(14) {
	case 0:
		after, err = c.Spoken(by, now, cat)
	case 1:
		after, err = c.ScheduledFor(aid.Appointment{On: aid.DayOf(now, cat.Zone).Plus(rng.IntN(3))}, by, now, cat)
	case 2, 3:
		after, err = c.SignedAs(fmt.Sprintf("sha256-%064x", rng.Uint64()), now, cat)
	case 4, 5, 6:
		r := aid.DeliveryReport{ID: aid.DeliveryID(fmt.Sprint("delivery-", rng.Uint32())), On: aid.DayOf(now, cat.Zone), Quantities: some(c.Outstanding())}
		e := f.file(rng, c, now)
		r.Evidence = []aid.EvidenceID{e.ID}
		if after, err = c.Reported(r, now, cat); err == nil {
			f.evidence[c.Recipient] = append(f.evidence[c.Recipient], e)
		}
	case 7, 8, 9:
		d := delivery()
		after, err = c.ReceivedAs(aid.ReceiptAnswer{
			Delivery: d.ID, Answer: []aid.Answer{aid.Full, aid.Fewer, aid.None}[rng.IntN(3)], Quantities: some(d.Quantities),
			Via: []aid.Via{aid.ViaSteward, aid.ViaHandover, aid.ViaBAST, aid.ViaOfficer}[rng.IntN(4)],
		}, now, cat)
	case 10:
		d := delivery()
		after, err = c.SettledAs(d.ID, d.Quantities, by, now, cat)
	case 11:
		after, err = c.WithdrawnFor("changed_plan", by, now, cat)
	case 12:
		if c.State == aid.Lapsed {
			after, err = c.RenewedAt(now, cat)
		} else {
			after, err = c.Unanswered(now, cat)
		}
	case 13:
		// Far in the future: what it then finds has the instant of its deadline.
		after, _, _, _ = c.Elapsed(now.AddDate(1, 0, 0), cat)
	}
	if err != nil {
		return c
	}
	return after
}

// file is a file for a commitment, most of them checked.
func (f *facts) file(rng *rand.Rand, c aid.Commitment, now time.Time) aid.Evidence {
	return aid.Evidence{
		ID: aid.EvidenceID(fmt.Sprint("file-", rng.Uint32())), Commitment: c.ID, Recipient: c.Recipient, Leaf: c.Leaf,
		Kind:   []aid.EvidenceKind{aid.EvidenceBAST, aid.EvidencePhoto}[rng.IntN(2)],
		SHA256: fmt.Sprintf("%064x", rng.Uint64()), At: now,
		State: []aid.EvidenceState{aid.EvidenceAccepted, aid.EvidenceAccepted, aid.EvidenceAwaited, aid.EvidenceRefused}[rng.IntN(4)],
	}
}

// book makes the commitments those of a place, with the figures that they add up
// to. It refuses, and changes nothing, when they promise more than is needed.
func (f *facts) book(p *aid.Place, all []aid.Commitment) bool {
	sum := aid.StandingOf(all)
	needs := slices.Clone(p.Needs)
	for i, n := range needs {
		held := sum.Needs[n.ID]
		needs[i].Committed, needs[i].Delivered, needs[i].Received = held.Committed, held.Delivered, held.Received
		if !needs[i].Holds() {
			return false
		}
	}
	a := p.Activity
	a.Open, a.Pledged, a.Lapsed, a.Hours = sum.Open, sum.Pledged, sum.Lapsed, sum.Hours
	a.FreeCommitted, a.FreeDelivered, a.FreeReceived = aid.Rupiah(sum.Free.Committed), aid.Rupiah(sum.Free.Delivered), aid.Rupiah(sum.Free.Received)
	p.Needs, p.Activity = needs, a
	f.commitments[p.Recipient.ID] = all
	return true
}
