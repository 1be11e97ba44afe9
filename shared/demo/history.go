package demo

import (
	"cmp"
	"encoding/base64"
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
	"ksbb/shared/region"
)

// ended is how many days before today the latest commitment was made that
// lapsed or was taken back: time enough for that to have happened, renewed once.
const ended = 6

// history invents the commitments of the past and books them: the needs'
// counters and the activity of every listing are what its history adds up to.
// Those that hold come first, dealt so that their splits are the settings' to
// the nearest whole commitment.
func (w *world) history() {
	h, r := w.settings.History, w.random(streamHistory)
	var wishes []wish
	var classes []aid.Class
	for _, n := range []int{h.Commitments, h.Ended} {
		wishes = append(wishes, w.wishes(r, n)...)
		classes = append(classes, dealt(r, n, h.Classes)...)
	}
	givers := w.givers(r, classes)
	order := r.Perm(len(w.listings)) // who is easier to find than others
	for i, wanted := range wishes {
		l, need := w.wanting(r, order, wanted)
		if l == nil {
			return // everything is promised
		}
		w.book(l, w.commitment(r, l, need, givers[i], w.fate(i)))
	}
	for i := range w.listings {
		slices.SortFunc(w.listings[i].History, func(a, b aid.Commitment) int {
			return cmp.Or(a.SubmittedAt.Compare(b.SubmittedAt), strings.Compare(string(a.ID), string(b.ID)))
		})
	}
}

// fate is what becomes of a commitment.
type fate string

const (
	kept     fate = "kept"
	parted   fate = "parted"   // brought in two parts
	awaiting fate = "awaiting" // brought, not answered yet
	disputed fate = "disputed" // the two sides differ to this day
	settled  fate = "settled"  // an office found that all of it was brought
	accepted fate = "accepted" // the giver found that it was less, and left it at that
	lapsed   fate = "lapsed"
	renewed  fate = "renewed" // once, and lapsed all the same
	taken    fate = "taken"   // back
)

// fate deals what becomes of the ith commitment.
func (w *world) fate(i int) fate {
	switch {
	case i >= w.settings.History.Commitments:
		return [...]fate{taken, lapsed, taken, lapsed, renewed}[i%5]
	case i%90 == 30:
		return disputed
	case i%70 == 22:
		return settled
	case i%70 == 50:
		return accepted
	case i%16 == 5:
		return awaiting
	case i%23 == 9:
		return parted
	}
	return kept
}

// wishes deals the places and packages of n commitments.
func (w *world) wishes(r *rand.Rand, n int) []wish {
	h := w.settings.History
	areas := dealt(r, n, h.Areas)
	territorial := dealt(r, n, map[bool]float64{true: h.Territorial, false: 1 - h.Territorial})
	weights := map[aid.PackageID]float64{}
	for _, group := range []struct {
		share    float64
		packages map[aid.PackageID]float64
	}{{h.Staple, h.Staples}, {1 - h.Staple, h.Others}} {
		var sum float64
		for _, p := range slices.Sorted(maps.Keys(group.packages)) {
			sum += group.packages[p]
		}
		for p, weight := range group.packages {
			weights[p] = group.share * weight / sum
		}
	}
	wishes := make([]wish, n)
	for i, p := range dealt(r, n, weights) {
		wishes[i] = wish{areas[i], territorial[i], p}
	}
	// Not every package is for every kind of recipient: those that met the wrong
	// one change places with one that goes anywhere.
	for i := range wishes {
		for j := 0; j < n && !w.suits(wishes[i].pack, wishes[i].territorial); j++ {
			a, b := &wishes[i], &wishes[j]
			if a.territorial != b.territorial && w.suits(a.pack, b.territorial) && w.suits(b.pack, a.territorial) {
				a.territorial, b.territorial = b.territorial, a.territorial
			}
		}
	}
	return wishes
}

// suits tells whether a package is for RW, or for any other kind.
func (w *world) suits(id aid.PackageID, territorial bool) bool {
	pack, _ := w.pack.Package(id)
	return slices.ContainsFunc(w.pack.Kinds, func(k region.Kind) bool { return k.Territorial == territorial && pack.For(k.ID) })
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

// wish is the place and the package that a commitment of the past should have
// been of.
type wish struct {
	area        area.Code
	territorial bool
	pack        aid.PackageID
}

// wanting returns a listing with a need that a wish fits and that is still
// open. Where nothing fits, the wish is loosened: first the package, to another
// of its group and then to any, then the kind of recipient, then the area. It
// returns nil when nothing is open.
func (w *world) wanting(r *rand.Rand, order []int, wanted wish) (*aid.Listing, *aid.Need) {
	h := w.settings.History
	group := h.Others
	if _, staple := h.Staples[wanted.pack]; staple {
		group = h.Staples
	}
	fits := func(p aid.PackageID, loose int) bool {
		_, same := group[p]
		_, staple := h.Staples[p]
		_, other := h.Others[p]
		return p == wanted.pack || loose > 0 && same || loose > 1 && (staple || other)
	}
	kind, _ := w.pack.Territorial()
	// Those at the front of the order are met first, so some receive several
	// times while most have received nothing.
	u := r.Float64()
	from := int(u * u * float64(len(order)) * 0.7)
	for loose := range 5 {
		for k := range order {
			l := &w.listings[order[(from+k)%len(order)]]
			if loose < 4 && !wanted.area.Contains(l.Recipient.Area) || loose < 3 && (l.Recipient.Kind == kind.ID) != wanted.territorial {
				continue
			}
			for i := range l.Needs {
				if n := &l.Needs[i]; n.Remaining() > 0 && fits(n.Package, loose) {
					return l, n
				}
			}
		}
	}
	return nil, nil
}

// freebies are what people bring beside what was asked for.
var freebies = []aid.Line{
	{Quantity: 50, Unit: "buah", Free: "Masker kain dan sabun cuci tangan (contoh)", Value: 250_000, Estimated: true},
	{Quantity: 20, Unit: "helai", Free: "Selimut (contoh)", Value: 900_000, Estimated: true},
	{Quantity: 12, Unit: "karton", Free: "Susu balita (contoh)", Value: 1_800_000, Estimated: true},
	{Quantity: 5, Unit: "buah", Free: "Tempat cuci tangan (contoh)", Value: 1_250_000, Estimated: true},
}

// commitment invents one promise of the past, kept or not.
func (w *world) commitment(r *rand.Rand, l *aid.Listing, need *aid.Need, g giver, end fate) aid.Commitment {
	age := 1 + r.IntN(max(ended, w.settings.History.Days)) // days ago
	if end == taken || end == lapsed || end == renewed {
		age = max(age, ended)
	}
	day := w.today.Plus(-age)
	const evening = 15 * time.Hour // of making promises, from six in the morning
	within := evening
	if age == 1 {
		within = 3 * time.Hour // what was promised yesterday was brought yesterday
	}
	submitted := w.at(day, 6*time.Hour+time.Duration(r.Int64N(int64(within/time.Millisecond)))*time.Millisecond)
	pledged := submitted.Add(time.Duration(2+r.IntN(200)) * time.Minute)
	// Everything was brought by yesterday.
	from := day.Plus(min(2+r.IntN(3), (age-1)/2))
	to := min(from.Plus(1+r.IntN(4)), w.today.Plus(-1))
	pack, _ := w.pack.Package(need.Package)
	leaf, _ := w.pack.Catalogue().LeafOf(l.Recipient)
	c := aid.Commitment{
		ID: uuidOf(r, submitted), Recipient: l.Recipient.ID, Leaf: leaf, Program: need.Program,
		Lines:  []aid.Line{w.line(r, need, day)},
		Period: aid.Period{From: from, To: to},
		Route:  aid.Direct,
		Name:   g.name, Class: g.class, Collaborator: g.id, Demo: true, Salt: saltOf(r),
		State: aid.Submitted, Version: 1, SubmittedAt: submitted,
		VerifyBy: submitted.Add(time.Duration(w.pack.Limits.VerifyHours) * time.Hour),
	}
	if carried := r.Float64() < 0.3; carried && !pack.DirectOnly && pack.Modality != aid.Loan {
		w.hand(r, &c)
	}
	if r.IntN(20) == 0 {
		c.Lines = append(c.Lines, freebies[r.IntN(len(freebies))])
	}
	past := life{w, r, w.pack.Catalogue(), c}
	past.live(pledged, end)
	return past.c
}

// life leads one commitment through the past, by the same rules as everybody's.
type life struct {
	w   *world
	r   *rand.Rand
	cat *aid.Catalogue
	c   aid.Commitment
}

// then takes one step.
func (l *life) then(next aid.Commitment, err error) {
	if err != nil {
		panic(fmt.Sprintf("demo commitment %s: %v", l.c.ID, err)) // a past that the rules forbid
	}
	l.c = next
}

// within returns up to n hours, and no more than a part of all there is.
func (l *life) within(n int, part float64, all time.Duration) time.Duration {
	d := time.Duration(1+l.r.IntN(n))*time.Hour - time.Duration(l.r.IntN(3600))*time.Second
	return max(time.Minute, min(d, time.Duration(part*float64(all)))).Truncate(time.Second)
}

// live takes the commitment from its pledge to its fate.
func (l *life) live(pledged time.Time, end fate) {
	l.then(l.c.Verified(pledged, l.cat))
	limit := time.Duration(l.cat.Limits.ContactHours) * time.Hour
	switch end {
	case taken:
		reason := aid.WithdrawReasons[l.r.IntN(len(aid.WithdrawReasons))]
		l.then(l.c.WithdrawnFor(reason, aid.Collaborator, pledged.Add(l.within(40, 0.8, limit)), l.cat))
	case renewed:
		l.then(l.c.RenewedAt(pledged.Add(limit-2*time.Hour), l.cat))
	case lapsed:
	default:
		l.meet(pledged, limit)
		l.deliver(end)
	}
	// What time alone has done since: lapses, reminders nobody was sent, and
	// contacts that never were.
	for {
		next, _, _, more := l.c.Elapsed(l.w.midnight, l.cat)
		if !more {
			return
		}
		l.c = next
	}
}

// brought is the hour of the last hand-over of a day.
const brought = 15 * time.Hour

// meet lets the two sides speak, agree on a day and sign, before the hand-over.
// Most people call on the same day; some ask for more time first, or say that
// nobody answers.
func (l *life) meet(pledged time.Time, limit time.Duration) {
	all := l.w.at(l.c.Period.To, brought).Sub(pledged)
	spoken := pledged.Add(l.within(1+l.r.IntN(40), 0.4, min(all, limit)))
	switch slow := l.r.IntN(24); {
	case slow == 0 && all > 2*limit:
		l.then(l.c.RenewedAt(pledged.Add(limit-3*time.Hour), l.cat))
		spoken = pledged.Add(limit + l.within(40, 0.8, limit))
	case slow == 1 && all > 2*limit:
		l.then(l.c.Unanswered(pledged.Add(limit-8*time.Hour), l.cat))
		spoken = pledged.Add(limit + l.within(20, 0.5, limit))
	}
	l.then(l.c.Spoken([]aid.Role{aid.Collaborator, aid.Collaborator, aid.Steward}[l.r.IntN(3)], spoken, l.cat))
	agreed := spoken.Add(l.within(2, 0.1, all))
	l.then(l.c.ScheduledFor(aid.Appointment{On: l.c.Period.To}, aid.Collaborator, agreed, l.cat))
	l.then(l.c.SignedAs(fmt.Sprintf("sha256-%064x", l.r.Uint64()), agreed.Add(l.within(4, 0.1, all)), l.cat))
}

// deliver hands everything over on the last day of the period. What would only
// happen today has not happened yet.
func (l *life) deliver(end fate) {
	all := make([]int64, len(l.c.Lines))
	for i, line := range l.c.Lines {
		all[i] = line.Quantity
	}
	at := l.w.at(l.c.Period.To, brought)
	if half := all[0] / 2; end == parted && half > 0 {
		first := make([]int64, len(all))
		first[0], all[0] = half, all[0]-half
		l.report(first, at.Add(-time.Hour))
		l.report(all, at)
		l.answer(0, first, at.Add(20*time.Minute))
		l.answer(1, all, at.Add(l.within(30, 1, 30*time.Hour)))
		return
	}
	l.report(all, at)
	fewer := slices.Clone(all)
	fewer[0] -= max(1, fewer[0]/8)
	answered := at.Add(l.within(30, 1, 30*time.Hour))
	days := time.Duration(1+l.r.IntN(6)) * 24 * time.Hour
	switch end {
	case awaiting:
	case disputed:
		l.answer(0, fewer, answered)
	case settled:
		l.answer(0, fewer, answered)
		l.settle(all, aid.Officer, answered.Add(days))
	case accepted:
		l.answer(0, fewer, answered)
		l.settle(nil, aid.Collaborator, answered.Add(days))
	default:
		l.answer(0, all, answered)
	}
}

// past tells whether an instant is before today.
func (l *life) past(at time.Time) bool { return at.Before(l.w.midnight) }

func (l *life) report(quantities []int64, at time.Time) {
	l.then(l.c.Reported(aid.DeliveryReport{ID: aid.DeliveryID(uuidOf(l.r, at)), On: l.c.Period.To, Quantities: quantities}, at, l.cat))
}

// answer is the steward's, about the nth delivery.
func (l *life) answer(n int, received []int64, at time.Time) {
	if !l.past(at) {
		return
	}
	d := l.c.Deliveries[n]
	a := aid.ReceiptAnswer{Delivery: d.ID, Answer: aid.Fewer, Quantities: received, Via: aid.ViaSteward}
	switch {
	case slices.Equal(received, d.Quantities):
		a.Answer = aid.Full
	case !slices.ContainsFunc(received, func(n int64) bool { return n > 0 }):
		a.Answer = aid.None
	}
	l.then(l.c.ReceivedAs(a, at, l.cat))
}

// settle ends the dispute about the only delivery. A giver who accepts that it
// was less leaves it at that.
func (l *life) settle(quantities []int64, by aid.Role, at time.Time) {
	if !l.past(at) {
		return
	}
	l.then(l.c.SettledAs(l.c.Deliveries[0].ID, quantities, by, at, l.cat))
	if l.c.Allows(aid.Release) {
		l.then(l.c.WithdrawnFor("cannot_deliver", by, at.Add(time.Minute), l.cat))
	}
}

// saltOf makes the salt of a name.
func saltOf(r *rand.Rand) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	return base64.RawURLEncoding.EncodeToString(b[:])
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
	line := aid.Line{Need: need.ID, Package: need.Package, Quantity: quantity, Unit: pack.Unit}
	price, known := pack.PriceOn(day)
	if !known {
		// Everybody has an own idea of what it costs.
		price = w.settings.History.Estimates[need.Package] / 20 * aid.Rupiah(15+r.IntN(11))
	}
	line.Value, line.Estimated = aid.Rupiah(quantity)*price, !known
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
