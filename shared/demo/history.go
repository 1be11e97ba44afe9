package demo

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// newest is how many days before today the latest commitment of the past was
// made: time enough for its delivery to have happened.
const newest = 12

// history invents the commitments of the past and books them: the needs'
// counters and the activity of every listing are what its history adds up to.
func (w *world) history() {
	h, r := w.settings.History, w.random(streamHistory)
	n := h.Commitments + h.Ended
	areas := dealt(r, n, h.Areas)
	classes := dealt(r, n, h.Classes)
	territorial := dealt(r, n, map[bool]float64{true: h.Territorial, false: 1 - h.Territorial})
	staple := dealt(r, n, map[bool]float64{true: h.Staple, false: 1 - h.Staple})
	givers := w.givers(r, classes)
	order := r.Perm(len(w.listings)) // who is easier to find than others
	for i := range n {
		l, need := w.wanting(r, order, wish{areas[i], territorial[i], staple[i]})
		if l == nil {
			return // everything is promised
		}
		state := aid.Received
		switch {
		case i >= h.Commitments && i%3 == 0:
			state = aid.Withdrawn
		case i >= h.Commitments:
			state = aid.Lapsed
		case i%7 == 0:
			state = aid.Delivered
		}
		w.book(l, w.commitment(r, l, need, givers[i], state))
	}
	for i := range w.listings {
		slices.SortFunc(w.listings[i].History, func(a, b aid.Commitment) int {
			return cmp.Or(a.SubmittedAt.Compare(b.SubmittedAt), strings.Compare(string(a.ID), string(b.ID)))
		})
	}
}

// dealt returns n keys in random order, each as often as its weight says to the
// nearest whole number.
func dealt[K cmp.Ordered | bool](r *rand.Rand, n int, weights map[K]float64) []K {
	keys := slices.SortedFunc(maps.Keys(weights), func(a, b K) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	var sum float64
	for _, k := range keys {
		sum += weights[k]
	}
	out := make([]K, 0, n)
	var reached float64
	for _, k := range keys {
		reached += weights[k] / sum * float64(n)
		for float64(len(out)) < reached-0.5 {
			out = append(out, k)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// giver is an invented collaborator.
type giver struct {
	name  string // empty for "Hamba Allah"
	class aid.Class
	id    aid.CollaboratorID
}

// givers returns the giver of each commitment, given its class. Every giver
// gives at least once as long as there are enough commitments; the first of a
// class give most.
func (w *world) givers(r *rand.Rand, classes []aid.Class) []giver {
	share := map[aid.Class]int{}
	for _, c := range dealt(r, w.settings.History.Collaborators, w.settings.History.Classes) {
		share[c]++
	}
	given := map[aid.Class]int{}
	out := make([]giver, len(classes))
	for i, c := range classes {
		n := max(1, share[c])
		who := given[c]
		if given[c]++; who >= n {
			u := r.Float64()
			who = int(u * u * float64(n))
		}
		out[i] = giverOf(c, who)
	}
	return out
}

func giverOf(c aid.Class, i int) giver {
	kinds := map[aid.Class]string{
		aid.SocialOrganization: "Yayasan", aid.Business: "PT", aid.Individual: [...]string{"Ibu", "Bapak"}[i%2],
		aid.Community: "Komunitas", aid.Government: "Dinas",
	}
	name := fmt.Sprintf("%s Contoh %s", kinds[c], names[i%len(names)])
	if again := i / len(names); again > 0 {
		name = fmt.Sprintf("%s %d", name, again+1)
	}
	id := aid.CollaboratorOf([]byte(Source), fmt.Sprintf("%s-%d@contoh.invalid", c, i))
	if c == aid.Individual && i%3 == 2 {
		name = "" // wants none shown
	}
	return giver{name, c, id}
}

// wish is the place that a commitment of the past should have gone to.
type wish struct {
	area        area.Code
	territorial bool
	staple      bool
}

// wanting returns a listing with a need that a wish fits and that is still
// open. Where nothing fits, the wish is loosened: first the kind of aid, then
// the kind of recipient, then the area. It returns nil when nothing is open.
func (w *world) wanting(r *rand.Rand, order []int, wanted wish) (*aid.Listing, *aid.Need) {
	h := w.settings.History
	kind, _ := w.pack.Territorial()
	// Those at the front of the order are met first, so some receive several
	// times while most have received nothing.
	u := r.Float64()
	from := int(u * u * float64(len(order)) * 0.7)
	for loose := range 4 {
		for k := range order {
			l := &w.listings[order[(from+k)%len(order)]]
			if loose < 3 && !wanted.area.Contains(l.Recipient.Area) {
				continue
			}
			if loose < 2 && (l.Recipient.Kind == kind.ID) != wanted.territorial {
				continue
			}
			for i := range l.Needs {
				n := &l.Needs[i]
				fits, fair := slices.Contains(h.Staples, n.Package), slices.Contains(h.Others, n.Package)
				if !wanted.staple {
					fits, fair = fair, fits
				}
				if n.Remaining() > 0 && (fits || loose > 0 && fair) {
					return l, n
				}
			}
		}
	}
	return nil, nil
}

// commitment invents one promise of the past, kept or not.
func (w *world) commitment(r *rand.Rand, l *aid.Listing, need *aid.Need, g giver, state aid.State) aid.Commitment {
	limits := w.pack.Limits
	day := w.today.Plus(-newest - r.IntN(max(1, w.settings.History.Days-newest)))
	submitted := w.at(day, 6*time.Hour+time.Duration(r.Int64N(int64(15*time.Hour/time.Millisecond)))*time.Millisecond)
	pledged := submitted.Add(time.Duration(2+r.IntN(200)) * time.Minute)
	from := day.Plus(2 + r.IntN(3))
	pack, _ := w.pack.Package(need.Package)
	leaf, _ := w.pack.Catalogue().LeafOf(l.Recipient)
	c := aid.Commitment{
		ID: uuidOf(r, submitted), Recipient: l.Recipient.ID, Leaf: leaf, Program: need.Program,
		Lines:  []aid.Line{w.line(r, need, day)},
		Period: aid.Period{From: from, To: from.Plus(1 + r.IntN(4))},
		Route:  aid.Direct,
		Name:   g.name, Class: g.class, Collaborator: g.id, Demo: true,
		State: aid.Submitted, Version: 1, SubmittedAt: submitted, VerifyBy: submitted.Add(time.Duration(limits.VerifyHours) * time.Hour),
	}
	if carried := r.Float64() < 0.3; carried && !pack.DirectOnly {
		w.hand(r, &c)
	}
	if r.IntN(20) == 0 {
		c.Lines = append(c.Lines, aid.Line{Quantity: 50, Unit: "buah", Free: "Masker kain dan sabun cuci tangan (contoh)", Value: 250_000, Estimated: true})
	}
	return w.lived(r, c, pledged, state)
}

// lived takes a commitment through its life up to the state wished for, by the
// same rules as everybody's.
func (w *world) lived(r *rand.Rand, c aid.Commitment, pledged time.Time, end aid.State) aid.Commitment {
	cat := w.pack.Catalogue()
	then := func(next aid.Commitment, err error) {
		if err != nil {
			panic(fmt.Sprintf("demo commitment %s: %v", c.ID, err)) // a past that the rules forbid
		}
		c = next
	}
	then(c.Verified(pledged, cat))
	hour := func(n int) time.Duration {
		return time.Duration(1+r.IntN(n))*time.Hour - time.Duration(r.IntN(3600))*time.Second
	}
	switch end {
	case aid.Withdrawn:
		then(c.WithdrawnFor(aid.WithdrawReasons[0], aid.Collaborator, pledged.Add(hour(40)), cat))
	case aid.Received, aid.Delivered:
		// Most people call on the same day.
		spoken := pledged.Add(hour(1 + r.IntN(40)))
		then(c.Spoken([]aid.Role{aid.Collaborator, aid.Collaborator, aid.Steward}[r.IntN(3)], spoken, cat))
		then(c.ScheduledFor(aid.Appointment{On: c.Period.To}, aid.Collaborator, spoken.Add(hour(2)), cat))
		then(c.SignedAs(fmt.Sprintf("sha256-%064x", r.Uint64()), spoken.Add(hour(3)+2*time.Hour), cat))
		report := aid.DeliveryReport{ID: aid.DeliveryID(uuidOf(r, c.SubmittedAt)), On: c.Period.To}
		for _, l := range c.Lines {
			report.Quantities = append(report.Quantities, l.Quantity)
		}
		reported := w.at(c.Period.To, 15*time.Hour)
		then(c.Reported(report, reported, cat))
		if end == aid.Received {
			then(c.ReceivedAs(aid.ReceiptAnswer{Delivery: report.ID, Answer: aid.Full, Via: aid.ViaSteward}, reported.Add(hour(30)), cat))
		}
	}
	// What time alone has done since: lapses, reminders nobody was sent, and
	// contacts that never were.
	for {
		next, _, _, more := c.Elapsed(w.midnight, cat)
		if !more {
			return c
		}
		c = next
	}
}

// hand gives a commitment to an aggregator whose permit was in force then.
func (w *world) hand(r *rand.Rand, c *aid.Commitment) {
	var licensed []aid.AggregatorID
	for _, a := range w.pack.Aggregators {
		if a.Permit.Valid(c.Period.From) && a.Permit.Valid(c.Period.To) {
			licensed = append(licensed, a.ID)
		}
	}
	if len(licensed) > 0 {
		c.Route, c.Aggregator = aid.Aggregate, licensed[r.IntN(len(licensed))]
	}
}

// line promises a part of what remains of a need: all of a small rest, a round
// number of a large one.
func (w *world) line(r *rand.Rand, need *aid.Need, day aid.Day) aid.Line {
	pack, _ := w.pack.Package(need.Package)
	quantity := need.Remaining()
	if quantity > 20 {
		quantity = max(10, int64(float64(quantity)*(0.2+0.8*r.Float64()))/10*10)
	}
	line := aid.Line{Need: need.ID, Package: need.Package, Quantity: quantity, Unit: pack.Unit, Estimated: true}
	if price, ok := pack.PriceOn(day); ok {
		line.Value, line.Estimated = aid.Rupiah(quantity)*price, false
	}
	return line
}

// book enters a commitment into its listing, whose figures are always the sum
// over its history.
func (w *world) book(l *aid.Listing, c aid.Commitment) {
	l.History = append(l.History, c)
	sum := aid.StandingOf(l.History)
	for i, n := range l.Needs {
		held := sum.Needs[n.ID]
		l.Needs[i].Committed, l.Needs[i].Delivered, l.Needs[i].Received = held.Committed, held.Delivered, held.Received
	}
	a := &l.Activity
	a.Rev += c.Version
	a.Open, a.Pledged, a.Lapsed, a.Hours = sum.Open, sum.Pledged, sum.Lapsed, sum.Hours
	a.FreeCommitted, a.FreeDelivered, a.FreeReceived = aid.Rupiah(sum.Free.Committed), aid.Rupiah(sum.Free.Delivered), aid.Rupiah(sum.Free.Received)
	if last := c.Log[len(c.Log)-1].At; last.After(a.UpdatedAt) {
		a.UpdatedAt = last
	}
}

// uuidOf makes a UUIDv7 of an instant (RFC 9562).
func uuidOf(r *rand.Rand, at time.Time) aid.CommitmentID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16|uint64(r.Uint32()&0xfff)|0x7000)
	binary.BigEndian.PutUint64(b[8:], r.Uint64()&^(3<<62)|2<<62)
	h := hex.EncodeToString(b[:])
	return aid.CommitmentID(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"))
}
